# bcc's readers in the benchmark: the events of bench/programs/events.c.
#   events.py FILE KIND MODE RING_PAGES PERF_PAGES
import json, sys, time
from bcc import BPF

LAST = 0xffffffff
file, kind, mode, ring_pages, perf_pages = sys.argv[1:]
b = BPF(src_file=file, cflags=["-DPAGES=" + ring_pages])
b.load_func("fill_" + kind, BPF.RAW_TRACEPOINT)
table = b[kind]
count = total = letters = lost = 0
ended = False
latencies = []

def take(event):
    global count, total, letters, ended
    if event.seq == LAST:
        ended = True
        return
    count += 1
    total += event.seq
    letters += len(event.comm)

def take_latency(event):
    global ended
    now = time.monotonic_ns()
    if event.seq == LAST:
        ended = True
        return
    latencies.append(now - event.ts)

handle = take_latency if mode.startswith("latency") else take

def on_event(ctx, data, size):
    handle(table.event(data))

def on_lost(n):
    global lost
    lost += n

def say(**value):
    print(json.dumps(value), flush=True)

if kind == "ring":
    table.open_ring_buffer(on_event)
    consume, poll = b.ring_buffer_consume, b.ring_buffer_poll
else:
    table.open_perf_buffer(on_event, page_cnt=int(perf_pages), lost_cb=on_lost)
    consume, poll = (lambda: b.perf_buffer_poll(timeout=0)), b.perf_buffer_poll

say(ready=True)
if mode == "drain":
    for _ in sys.stdin:
        count = total = letters = 0
        before = time.process_time_ns()
        while True:
            last = count
            consume()
            if count == last:
                break
        say(count=count, sum=total, letters=letters, cpuNs=time.process_time_ns() - before)
else:
    while not ended:
        poll(timeout=100)
    say(count=count, sum=total, lost=lost, latencies=latencies)
