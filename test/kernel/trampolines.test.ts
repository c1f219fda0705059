// Programs that get arguments as the kernel's BTF tells them: fentry, fexit, fmod_ret, LSM, iterators.
import assert from "node:assert/strict";
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { load } from "bcc-ts";
import { temporaryDirectory } from "../temporary-directory.ts";
import { needsFeature } from "./needs-feature.ts";

const directory = temporaryDirectory("trampolines");
const path = join(directory, "watched-file");
writeFileSync(path, "hello");
const inode = BigInt(statSync(path).ino);

function read(count: number): number {
  const fd = openSync(path, "r");
  try {
    return readSync(fd, Buffer.alloc(count));
  } finally {
    closeSync(fd);
  }
}

test("KFUNC_PROBE and KRETFUNC_PROBE follow pointers and see results", async (t) => {
  if (!needsFeature(t, "fentry")) return;
  using bpf = await load(
    `
#include <linux/fs.h>
struct seen { u64 ino; u64 count; long result; u32 pid; char name[16]; };
BPF_HASH(reads, u32, struct seen);
static u64 inode_of(struct file *file) { return file->f_inode->i_ino; }
KFUNC_PROBE(vfs_read, struct file *file, char *buf, size_t count)
{
  struct seen seen = {};
  u32 key = 0;
  struct inode *inode = file->f_inode;
  if (inode_of(file) != INODE) return 0;
  seen.ino = inode->i_ino;
  seen.count = count;
  seen.pid = bpf_get_current_pid_tgid() >> 32;
  bpf_probe_read_kernel_str(&seen.name, sizeof(seen.name), file->f_path.dentry->d_name.name);
  reads.update(&key, &seen);
  return 0;
}
KRETFUNC_PROBE(vfs_read, struct file *file, char *buf, size_t count, loff_t *pos, ssize_t ret)
{
  u32 key = 0;
  struct seen *last = reads.lookup(&key);
  if (last != 0 && file->f_inode->i_ino == last->ino) last->result = ret;
  return 0;
}`,
    { cflags: [`-DINODE=${inode}`] },
  );
  assert.equal(read(99), 5);
  assert.deepEqual(bpf.maps.reads.get(0), {
    ino: inode,
    count: 99n,
    result: 5n,
    pid: process.pid,
    name: "watched-file",
  });
});

// A guest's root is an overlay, and the kernel has it as a module.
test("MODULE_KFUNC_PROBE and MODULE_KRETFUNC_PROBE follow a module's function and read its types", async (t) => {
  if (!needsFeature(t, "fentry")) return;
  if (!existsSync("/sys/kernel/btf/overlay"))
    return t.skip("the module overlay is not loaded, or has no BTF");
  using bpf = await load(
    `
#include <linux/fs.h>
struct opened { u32 layers; int result; char name[16]; };
BPF_HASH(opens, u64, struct opened);
MODULE_KFUNC_PROBE(overlay, ovl_open, struct inode *inode, struct file *file)
{
  u64 key = (u64)file;
  if (bpf_get_current_pid_tgid() >> 32 != PID) return 0;
  struct ovl_fs *fs = (struct ovl_fs *)inode->i_sb->s_fs_info;
  struct opened opened = { .layers = fs->numlayer, .result = 1 };
  bpf_probe_read_kernel_str(&opened.name, sizeof(opened.name), file->f_path.dentry->d_name.name);
  opens.update(&key, &opened);
  return 0;
}
MODULE_KRETFUNC_PROBE(overlay, ovl_open, struct inode *inode, struct file *file, int ret)
{
  u64 key = (u64)file;
  struct opened *opened = opens.lookup(&key);
  if (opened != 0) opened->result = ret;
  return 0;
}`,
    { cflags: [`-DPID=${process.pid}`] },
  );
  readFileSync("/etc/passwd");
  const found = [...bpf.maps.opens.values()].find(({ name }) => name === "passwd");
  assert.equal(found?.result, 0);
  assert.ok(found.layers >= 2, `${found.layers} layers`);
});

test("KMOD_RET changes a result, when it is asked to", async (t) => {
  if (!needsFeature(t, "fmod_ret")) return;
  using bpf = await load(
    `
KMOD_RET(security_file_open, struct file *file, int ret)
{
  return file->f_inode->i_ino == INODE ? -13 : ret;
}`,
    { cflags: [`-DINODE=${inode}`] },
  );
  assert.equal(read(5), 5, "it is not attached unless it is asked for");
  using link = bpf.attachFmodRet({ fnName: "kmod_ret__security_file_open" });
  assert.deepEqual([link.kind, link.target], ["fmod-ret", "security_file_open"]);
  assert.throws(() => read(5), { code: "EACCES" });
  link.close();
  assert.equal(read(5), 5);
});

test("LSM_PROBE denies", async (t) => {
  if (!needsFeature(t, "lsm")) return;
  using bpf = await load(
    `
LSM_PROBE(file_open, struct file *file, int ret)
{
  if (ret != 0) return ret;
  return file->f_inode->i_ino == INODE ? -1 : 0;
}`,
    { cflags: [`-DINODE=${inode}`] },
  );
  assert.deepEqual(bpf.programs, ["lsm__file_open"]);
  assert.throws(() => read(5), { code: "EPERM" });
  bpf.close();
  assert.equal(read(5), 5);
});

test("an LSM hook and a function that there are not", async (t) => {
  if (!needsFeature(t, "lsm") || !needsFeature(t, "fentry")) return;
  await assert.rejects(load("LSM_PROBE(file_opne, struct file *file) { return 0; }"), {
    name: "AttachError",
    hint: "Did you mean file_open?",
  });
  await assert.rejects(load("KFUNC_PROBE(vfs_raed, struct file *file) { return 0; }"), {
    name: "AttachError",
    hint: "Did you mean vfs_read?",
  });
  await assert.rejects(
    load("MODULE_KFUNC_PROBE(no_such_module, vfs_read, struct file *file) { return 0; }"),
    {
      name: "AttachError",
      message: /no module no_such_module/,
    },
  );
});

const TASKS = `
struct seen { u32 pid; u32 tgid; u32 parent; char comm[16]; };
BPF_ITER(task)
{
  struct seq_file *seq = ctx->meta->seq;
  struct task_struct *task = ctx->task;
  struct seen seen = {};
  if (task == 0) return 0;
  seen.pid = task->pid;
  seen.tgid = task->tgid;
  seen.parent = task->real_parent->tgid;
  bpf_probe_read_kernel_str(&seen.comm, sizeof(seen.comm), task->comm);
  bpf_seq_write(seq, &seen, sizeof(seen));
  return 0;
}`;

test("BPF_ITER goes over all tasks", async (t) => {
  if (!needsFeature(t, "iterators")) return;
  using bpf = await load(TASKS);
  using link = bpf.attachIter({ fnName: "bpf_iter__task" });
  assert.deepEqual([link.kind, link.target], ["iter", "task"]);
  const bytes = Buffer.from(link.read());
  assert.equal(bytes.length % 28, 0);
  const tasks = Array.from({ length: bytes.length / 28 }, (_, i) => bytes.subarray(i * 28, i * 28 + 28));
  const own = tasks.filter((task) => task.readUInt32LE(4) === process.pid);
  assert.ok(own.length > 1, "this process has several threads");
  assert.ok(own.every((task) => task.readUInt32LE(8) === process.ppid));
  assert.ok(tasks.length > own.length, `${tasks.length} tasks`);
  assert.equal(link.read().length % 28, 0, "it may be read again");
  link.close();
  assert.throws(() => link.read(), { name: "ClosedError" });
});

test("an iterator over one process, and over a map's elements", async (t) => {
  if (!needsFeature(t, "iterators")) return;
  using bpf = await load(`
BPF_HASH(counts, u32, u64);
BPF_ITER(bpf_map_elem)
{
  u32 *key = ctx->key;
  u64 *value = ctx->value;
  if (key == 0 || value == 0) return 0;
  static const char form[] = "%u=%llu\\n";
  u64 values[2] = {};
  values[0] = *key;
  values[1] = *value;
  bpf_seq_printf(ctx->meta->seq, form, sizeof(form), values, sizeof(values));
  return 0;
}`);
  bpf.maps.counts.set(3, 30n);
  bpf.maps.counts.set(4, 40n);
  assert.throws(() => bpf.attachIter({ fnName: "bpf_iter__bpf_map_elem" }), { hint: /which map/ });
  using link = bpf.attachIter({ fnName: "bpf_iter__bpf_map_elem", map: bpf.maps.counts });
  assert.deepEqual(link.text().trim().split("\n").sort(), ["3=30", "4=40"]);
  using tasks = await load(TASKS);
  const own = Buffer.from(tasks.attachIter({ fnName: "bpf_iter__task", pid: process.pid }).read());
  assert.ok(own.length >= 28);
  for (let at = 4; at < own.length; at += 28) assert.equal(own.readUInt32LE(at), process.pid);
});

test("an iterator that there is not", async (t) => {
  if (!needsFeature(t, "iterators")) return;
  const text = "struct bpf_iter__tsk; BPF_ITER(tsk) { return 0; }";
  await assert.rejects(load(text), { name: "AttachError", message: /no such iterator/ });
});
