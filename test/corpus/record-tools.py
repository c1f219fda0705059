"""Runs bcc's tools with BPF replaced by one that only writes down what it is asked for.

Reads one JSON object from the file named on the command line: {"facts": {...}, "jobs": [...]}; prints one JSON line
for each text that a tool hands over, and one for the end of each job. Nothing reaches the kernel: each tool runs in
a child of its own, without input, for at most a few seconds.
"""
import json
import os
import platform
import re
import resource
import runpy
import signal
import subprocess
import sys
import threading
import time
import traceback
from unittest.mock import MagicMock

import bcc

SECONDS_A_JOB = 8
LONGEST_ERROR = 600


class Recorder:
    """What one job wrote down, sent to the parent line by line."""

    def __init__(self, job, facts, out):
        self.job, self.facts, self.out = job, facts, out
        self.texts = 0

    def say(self, **what):
        self.out.write(json.dumps({"job": self.job["id"], **what}) + "\n")
        self.out.flush()


RECORDER = None


def text_of(value):
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def plain(value):
    """A value of a call as JSON has it."""
    if isinstance(value, (bytes, str)):
        return text_of(value)
    if isinstance(value, (int, float, bool)) or value is None:
        return value
    if callable(value):
        return "<function>"
    return text_of(getattr(value, "name", None)) or str(value)


class Zero(int):
    """The value of every key, whatever is asked of it."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Zero()


class Table:
    """A table with nothing in it."""

    Key = Leaf = None

    def __init__(self, name):
        self.name = name

    def __getitem__(self, _key):
        return Zero()

    def __setitem__(self, _key, _value):
        pass

    def __delitem__(self, _key):
        pass

    def __iter__(self):
        return iter(())

    def __len__(self):
        return 0

    def __contains__(self, _key):
        return False

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        if name in ("Key", "Leaf"):
            return lambda *_: None
        return lambda *_args, **_names: []


class Function:
    def __init__(self, name):
        self.name = text_of(name)
        self.fd = -1


def interrupt(*_args, **_names):
    raise KeyboardInterrupt


class RecordingBPF(bcc.BPF):
    def __init__(self, src_file=b"", hdr_file=b"", text=None, debug=0, cflags=(), usdt_contexts=(), **_names):
        if text is None:
            with open(text_of(src_file)) as file:
                text = file.read()
        self.number = RECORDER.texts
        RECORDER.texts += 1
        self.opened = 0
        self.tables = {}
        self.funcs = {}
        RECORDER.say(
            kind="text",
            number=self.number,
            text=text_of(text),
            cflags=[text_of(flag) for flag in cflags],
            usdt=[probe for context in usdt_contexts for probe in context.enabled],
        )

    def write_call(self, call, arguments):
        given = {key: plain(value) for key, value in arguments.items()}
        RECORDER.say(kind="call", number=self.number, call=call, arguments=given)
        self.opened += 1

    def __del__(self):
        pass

    def close(self):
        pass

    cleanup = close

    def load_func(self, func_name, prog_type, *_args, **_names):
        RECORDER.say(kind="call", number=self.number, call="load_func",
                     arguments={"fn_name": text_of(func_name), "type": prog_type})
        return Function(func_name)

    def load_funcs(self, *_args, **_names):
        return []

    def get_table(self, name, *_args, **_names):
        return Table(text_of(name))

    __getitem__ = get_table

    def __len__(self):
        return 1

    def __iter__(self):
        return iter(())

    num_open_kprobes = num_open_uprobes = num_open_tracepoints = lambda self: max(self.opened, 1)
    perf_buffer_poll = ring_buffer_poll = kprobe_poll = interrupt
    perf_buffer_consume = ring_buffer_consume = interrupt
    trace_fields = trace_print = trace_readline = interrupt

    @staticmethod
    def attach_raw_socket(fn, dev):
        RECORDER.say(kind="call", number=0, call="attach_raw_socket", arguments={"fn_name": fn.name, "dev": text_of(dev)})
        fn.sock = -1

    @staticmethod
    def attach_xdp(dev, fn, flags=0):
        RECORDER.say(kind="call", number=0, call="attach_xdp",
                     arguments={"fn_name": fn.name, "dev": text_of(dev), "flags": flags})

    @staticmethod
    def remove_xdp(*_args, **_names):
        pass

    @staticmethod
    def get_kprobe_functions(event_re):
        pattern = re.compile(text_of(event_re))
        return [name.encode() for name in RECORDER.facts["functions"] if pattern.match(name)]

    @staticmethod
    def ksymname(name):
        return 0xFFFFFFFF81000000 if text_of(name) in RECORDER.facts["symbols"] else -1

    @staticmethod
    def get_tracepoints(tp_re):
        pattern = re.compile(text_of(tp_re))
        return [name.encode() for name in RECORDER.facts["tracepoints"] if pattern.match(name)]

    @staticmethod
    def tracepoint_exists(category, event):
        return "%s:%s" % (text_of(category), text_of(event)) in RECORDER.facts["tracepoints"]

    @staticmethod
    def kernel_struct_has_field(struct_name, field_name):
        fields = RECORDER.facts["structs"].get(text_of(struct_name))
        return -1 if fields is None else int(text_of(field_name) in fields)

    @staticmethod
    def support_kfunc():
        return RECORDER.job["kfunc"]

    @staticmethod
    def support_lsm():
        return False

    @staticmethod
    def support_raw_tracepoint():
        return True

    support_raw_tracepoint_in_module = support_raw_tracepoint

    @staticmethod
    def add_module(_name):
        pass


class RecordingUSDT:
    """Every probe exists, with arguments that are 64 bits wide."""

    def __init__(self, pid=None, path=None):
        self.pid, self.path = pid, text_of(path)
        self.enabled = []

    def enable_probe(self, probe, fn_name):
        self.enabled.append({"pid": self.pid, "path": self.path, "probe": text_of(probe), "fnName": text_of(fn_name)})

    enable_probe_or_bail = enable_probe

    def get_text(self):
        return ""

    def get_probe_arg_ctype(self, _probe, _index):
        return "uint64_t"

    def enumerate_probes(self):
        return []

    def enumerate_active_probes(self):
        return []


def recorded(name):
    def attach(self, *args, **arguments):
        self.write_call(name, {**dict(zip(POSITIONS[name], args)), **arguments})

    return attach


POSITIONS = {
    "attach_kprobe": ("event", "event_off", "fn_name", "event_re"),
    "attach_kretprobe": ("event", "fn_name", "event_re", "maxactive"),
    "attach_uprobe": ("name", "sym", "sym_re", "addr", "fn_name", "pid", "sym_off"),
    "attach_uretprobe": ("name", "sym", "sym_re", "addr", "fn_name", "pid"),
    "attach_tracepoint": ("tp", "tp_re", "fn_name"),
    "attach_raw_tracepoint": ("tp", "fn_name"),
    "attach_perf_event": ("ev_type", "ev_config", "fn_name", "sample_period", "sample_freq", "pid", "cpu", "group_fd"),
    "attach_perf_event_raw": ("attr", "fn_name", "pid", "cpu", "group_fd"),
    "attach_kfunc": ("fn_name",),
    "attach_kretfunc": ("fn_name",),
    "attach_lsm": ("fn_name",),
}
for method in POSITIONS:
    setattr(RecordingBPF, method, recorded(method))
for method in [name for name in dir(bcc.BPF) if name.startswith("detach_")]:
    setattr(RecordingBPF, method, lambda *_args, **_names: None)


def stand_in(facts):
    """What a tool imports and asks is ours from here on."""
    bcc.BPF = RecordingBPF
    bcc.USDT = RecordingUSDT
    bcc.usdt.USDT = RecordingUSDT
    time.sleep = signal.pause = threading.Event.wait = interrupt
    sys.modules["curses"] = MagicMock(**{"wrapper.side_effect": lambda body, *args: body(MagicMock(), *args)})
    subprocess.check_output = lambda *_args, **_names: b"vendor_id : GenuineIntel"
    os.access = lambda *_args, **_names: True
    uname = os.uname()
    changed = (uname.sysname, uname.nodename, facts["release"], uname.version, uname.machine)
    os.uname = lambda: os.uname_result(changed)
    platform.release = lambda: facts["release"]


def run(job, facts, out):
    global RECORDER
    RECORDER = Recorder(job, facts, out)
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    said = os.memfd_create("said")
    os.dup2(said, 1)
    os.dup2(said, 2)
    os.chdir(os.path.dirname(job["path"]))
    signal.alarm(SECONDS_A_JOB)
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    stand_in(facts)
    sys.argv = [job["path"], *job["arguments"]]
    error = None
    try:
        runpy.run_path(job["path"], run_name="__main__")
    except KeyboardInterrupt:
        pass
    except SystemExit as end:
        # With a text, the tool has done what was wanted of it.
        if end.code not in (None, 0) and RECORDER.texts == 0:
            error = "exit: %s" % (end.code,)
    except BaseException:
        error = traceback.format_exc().strip().splitlines()[-1]
    sys.stdout.flush()
    sys.stderr.flush()
    if error is None and RECORDER.texts == 0:
        error = last_line(said)
    RECORDER.say(kind="end", error=error)
    os._exit(0)


def last_line(fd):
    """Why a tool gave up, in its own words."""
    os.lseek(fd, max(0, os.fstat(fd).st_size - LONGEST_ERROR), os.SEEK_SET)
    lines = os.read(fd, LONGEST_ERROR).decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"


def main():
    with open(sys.argv[1]) as file:
        given = json.load(file)
    facts = given["facts"]
    for key in ("symbols", "tracepoints"):
        facts[key] = dict.fromkeys(facts[key])
    for job in given["jobs"]:
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            run(job, facts, os.fdopen(os.dup(1), "w"))
        os.waitpid(child, 0)
    print(json.dumps({"kind": "done"}))


main()
