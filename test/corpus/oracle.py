"""Has real bcc translate texts, as it would on another kernel, and says what it made of each.

Reads {"release", "versionCode", "headers": [build, source], "events": DIRECTORY, "jobs": [{key, text, cflags}]} from the
file named on the command line; prints one JSON line for each job: the rewritten text, the tables, or the messages.
Headers and tracepoint formats of the other kernel are put in place in a mount namespace of this process alone.
"""
import ctypes as ct
import json
import os
import signal
import sys

CLONE_NEWNS, MS_BIND, MS_REC, MS_PRIVATE = 0x20000, 4096, 16384, 1 << 18
DEBUG_PREPROCESSOR = 4
SECONDS_A_JOB = 60
LIBC = ct.CDLL(None, use_errno=True)


def checked(result, what):
    if result != 0:
        raise OSError(ct.get_errno(), what)


def mount(source, target, kind, flags):
    given = [word and word.encode() for word in (source, target, kind)]
    checked(LIBC.mount(*given, ct.c_ulong(flags), None), "mount %s" % target)


def stage(given):
    """From here on this process sees the other kernel's headers and formats."""
    checked(LIBC.unshare(CLONE_NEWNS), "unshare")
    mount("none", "/", None, MS_REC | MS_PRIVATE)
    mount("tmpfs", "/lib/modules", "tmpfs", 0)
    modules = os.path.join("/lib/modules", os.uname().release)
    os.mkdir(modules)
    build, source = given["headers"]
    os.symlink(build, os.path.join(modules, "build"))
    os.symlink(source, os.path.join(modules, "source"))
    mount(given["events"], "/sys/kernel/tracing", None, MS_BIND)
    mount("bpf", "/sys/fs/bpf", "bpf", 0)
    os.environ["BCC_LINUX_VERSION_CODE"] = str(given["versionCode"])


def translate(job, out):
    from bcc.libbcc import lib

    said = os.memfd_create("said")
    os.dup2(said, 1)
    os.dup2(said, 2)
    flags = [flag.encode() for flag in job["cflags"]]
    module = lib.bpf_module_create_c_from_string(
        job["text"].encode(), DEBUG_PREPROCESSOR, (ct.c_char_p * len(flags))(*flags), len(flags), True, None
    )
    os.lseek(said, 0, os.SEEK_SET)
    text = os.fdopen(said, "rb").read().decode(errors="replace")
    answer = {"key": job["key"], "accepted": bool(module), "text": text, "tables": []}
    for i in range(lib.bpf_num_tables(module) if module else 0):
        lib.bpf_table_name.restype = ct.c_char_p
        answer["tables"].append(
            {
                "name": lib.bpf_table_name(module, ct.c_size_t(i)).decode(),
                "type": lib.bpf_table_type_id(module, ct.c_size_t(i)),
                "keySize": lib.bpf_table_key_size_id(module, ct.c_size_t(i)),
                "valueSize": lib.bpf_table_leaf_size_id(module, ct.c_size_t(i)),
                "maxEntries": lib.bpf_table_max_entries_id(module, ct.c_size_t(i)),
                "flags": lib.bpf_table_flags_id(module, ct.c_size_t(i)),
            }
        )
    out.write(json.dumps(answer) + "\n")
    out.flush()


def main():
    with open(sys.argv[1]) as file:
        given = json.load(file)
    stage(given)
    for job in given["jobs"]:
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            signal.alarm(SECONDS_A_JOB)
            try:
                translate(job, os.fdopen(os.dup(1), "w"))
            finally:
                os._exit(0)
        os.waitpid(child, 0)


main()
