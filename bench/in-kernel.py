# bcc's side of bench/in-kernel.ts: loads and attaches a program, prints the ids of what it loaded, and waits.
#   python3 bench/in-kernel.py FILE.c
import glob
import re
import sys

from bcc import BPF

with open(sys.argv[1]) as file:
    text = file.read()
bpf = BPF(text=text)
# Ours opens them, too: without a reader an output fails at once.
for name in re.findall(r"^BPF_PERF_OUTPUT\((\w+)\)", text, re.M):
    bpf[name].open_perf_buffer(lambda *_: None)
ids = []
for path in glob.glob("/proc/self/fdinfo/*"):
    try:
        with open(path) as info:
            found = re.search(r"^prog_jited:.*^prog_id:\s*(\d+)", info.read(), re.M | re.S)
    except FileNotFoundError:
        continue
    if found:
        ids.append(found.group(1))
print("loaded", " ".join(sorted(set(ids), key=int)), flush=True)
sys.stdin.read()
