// Times between two probes by key, as powers of two: histograms of a struct and of an int, a hash by pointer.
// kprobe vfs_read began
// kretprobe vfs_read ended
#include <uapi/linux/ptrace.h>
#include <linux/fs.h>
#include <linux/sched.h>

typedef struct disk_key {
	u32 device;
	u64 slot;
} disk_key_t;
typedef struct begun {
	struct file *file;
	u64 at;
} begun_t;
BPF_HASH(begun, u32, begun_t, 4096);
BPF_HISTOGRAM(by_device, disk_key_t);
BPF_HISTOGRAM(all, int, 64);
BPF_ARRAY(longest, u64, 1);

void began(struct pt_regs *ctx, struct file *file)
{
	u32 tid = bpf_get_current_pid_tgid();
	begun_t start = {file, bpf_ktime_get_ns()};
	begun.update(&tid, &start);
}

int ended(struct pt_regs *ctx)
{
	u32 tid = (u32)bpf_get_current_pid_tgid();
	begun_t *start = begun.lookup(&tid);
	if (!start)
		return 0;
	s64 delta = bpf_ktime_get_ns() - start->at;
	struct file *file = start->file;
	begun.delete(&tid);
	if (delta < 0)
		return 0;
	delta /= 1000;
	disk_key_t key = {.device = file->f_inode->i_rdev, .slot = bpf_log2l(delta)};
	by_device.atomic_increment(key);
	all.increment(bpf_log2(delta & 0xffff));
	int zero = 0;
	u64 *most = longest.lookup(&zero);
	if (most && *most < delta)
		*most = delta;
	return 0;
}
