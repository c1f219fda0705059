# bcc's side of bench/in-kernel.ts: compiles all programs first, and then does as each line of its input says.
#   python3 bench/in-kernel.py [--static] FILE.c...    static: programs are loaded and not attached
import os
import re
import sys

from bcc import BPF

# As many pages as ours: what finds no room costs less.
PAGES = 512
static = "--static" in sys.argv
autoload = BPF._trace_autoload
if static:
    for name in ("kprobe", "kretprobe", "tracepoint", "raw_tracepoint"):
        kind = getattr(BPF, name.replace("kretprobe", "kprobe").upper())
        setattr(BPF, "attach_" + name, lambda self, fn_name=b"", kind=kind, **_: self.load_func(fn_name, kind))


def program_id(descriptor):
    with open(f"/proc/self/fdinfo/{descriptor}") as info:
        return re.search(r"^prog_id:\s*(\d+)", info.read(), re.M).group(1)


def compile_text(path):
    with open(path) as file:
        text = file.read()
    BPF._trace_autoload = lambda self: None
    bpf = BPF(text=text)
    BPF._trace_autoload = autoload
    for name in re.findall(r"^BPF_PERF_OUTPUT\((\w+)\)", text, re.M):
        bpf[name].open_perf_buffer(lambda *_: None, page_cnt=PAGES)
    return bpf


def attach(bpf):
    bpf._trace_autoload()
    return " ".join(f"{function.decode()}={program_id(loaded.fd)}" for function, loaded in bpf.funcs.items())


def detach(bpf):
    for event in list(bpf.kprobe_fds):
        bpf.detach_kprobe_event(event)
    for event in list(bpf.tracepoint_fds):
        bpf.detach_tracepoint(event)
    for event in list(bpf.raw_tracepoint_fds):
        bpf.detach_raw_tracepoint(event)
    bpf.perf_buffer_poll(timeout=0)
    return ""


programs = {}
for path in sys.argv[1:]:
    if path.endswith(".c"):
        programs[os.path.basename(path)[:-2]] = compile_text(path)
        print("compiled", path, file=sys.stderr, flush=True)
print("ready", flush=True)
for line in sys.stdin:
    command, name = line.split()
    print("done", {"attach": attach, "detach": detach}[command](programs[name]), flush=True)
