# bcc in the benchmark of whole maps.
#   maps.py hash|percpu ENTRIES TIMES
import ctypes, json, statistics, sys, time
from bcc import BPF

kind, entries, times = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
if kind == "hash":
    text = "struct value { u32 pid; u32 pad; u64 count; }; BPF_HASH(table, u32, struct value, %d);" % entries
else:
    text = "BPF_PERCPU_HASH(table, u32, u64, %d);" % entries
b = BPF(text=text)
table = b["table"]

def fill_hash():
    keys, values = (table.Key * entries)(), (table.Leaf * entries)()
    for i in range(entries):
        keys[i] = i
        values[i].pid, values[i].pad, values[i].count = i, 1, i
    table.items_update_batch(keys, values)

def fill_percpu():
    for i in range(entries):
        leaf = table.Leaf()
        leaf[0] = i
        table[table.Key(i)] = leaf

def value(v):
    return v.pid if kind == "hash" else sum(v)

def number(k):
    return k if isinstance(k, int) else k.value

def ns_per_entry(read, times):
    runs = []
    for _ in range(times):
        before = time.process_time_ns()
        total = count = 0
        for key, v in read():
            total += value(v)
            count += 1
        runs.append((time.process_time_ns() - before) / entries)
        if count != entries or total != entries * (entries - 1) // 2:
            raise Exception("%d entries, sum %d" % (count, total))
    return statistics.median(runs)

(fill_hash if kind == "hash" else fill_percpu)()
result = {"itemsNs": ns_per_entry(table.items, 1 if entries > 100000 else 5)}
if kind == "hash":
    result["batchNs"] = ns_per_entry(table.items_lookup_batch, min(times, 20))
print(json.dumps(result))
