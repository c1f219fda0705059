// Reads by file: a key with numbers and a name out of the kernel's structs.
#include <linux/fs.h>
#include <linux/sched.h>
struct key_t { u32 pid; u32 mode; u64 inode; u32 device; u32 length; char name[32]; };
struct value { u64 reads; u64 bytes; };
BPF_HASH(counts, struct key_t, struct value);

int kprobe__vfs_read(struct pt_regs *ctx, struct file *file, char *buf, size_t count)
{
	struct dentry *de = file->f_path.dentry;
	int mode = file->f_inode->i_mode;
	struct qstr name = de->d_name;
	if (name.len == 0) return 0;
	struct key_t key = {};
	struct value zero = {}, *value;
	key.pid = bpf_get_current_pid_tgid() >> 32;
	key.mode = mode;
	key.inode = file->f_inode->i_ino;
	key.device = file->f_inode->i_sb->s_dev;
	key.length = name.len;
	bpf_probe_read_kernel(&key.name, sizeof(key.name), name.name);
	value = counts.lookup_or_try_init(&key, &zero);
	if (value) {
		value->reads++;
		value->bytes += count;
	}
	return 0;
}
