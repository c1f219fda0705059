static void *(*const bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;

static long (*const bpf_map_update_elem)(void *map, const void *key, const void *value, u64 flags) = (void *)2;

static long (*const bpf_map_delete_elem)(void *map, const void *key) = (void *)3;

static long (*const bpf_probe_read)(void *to, u32 size, const void *from) = (void *)4;

static u64 (*const bpf_ktime_get_ns)(void) = (void *)5;

static u32 (*const bpf_get_prandom_u32)(void) = (void *)7;

static u32 (*const bpf_get_smp_processor_id)(void) = (void *)8;

static long (*const bpf_skb_store_bytes)(void *skb, u32 offset, const void *from, u32 size, u64 flags) = (void *)9;

static long (*const bpf_l3_csum_replace)(void *skb, u32 offset, u64 from, u64 to, u64 flags) = (void *)10;

static long (*const bpf_l4_csum_replace)(void *skb, u32 offset, u64 from, u64 to, u64 flags) = (void *)11;

static long (*const bpf_tail_call)(void *ctx, void *programs, u32 index) = (void *)12;

static long (*const bpf_clone_redirect)(void *skb, u32 interface, u64 flags) = (void *)13;

static u64 (*const bpf_get_current_pid_tgid)(void) = (void *)14;

static u64 (*const bpf_get_current_uid_gid)(void) = (void *)15;

static long (*const bpf_get_current_comm)(void *to, u32 size) = (void *)16;

static u32 (*const bpf_get_cgroup_classid)(void *skb) = (void *)17;

static u64 (*const bpf_perf_event_read)(void *map, u64 flags) = (void *)22;

static long (*const bpf_redirect)(u32 interface, u64 flags) = (void *)23;

static long (*const bpf_perf_event_output)(void *ctx, void *map, u64 flags, void *data, u64 size) = (void *)25;

static long (*const bpf_skb_load_bytes)(const void *skb, u32 offset, void *to, u32 size) = (void *)26;

static long (*const bpf_get_stackid)(void *ctx, void *map, u64 flags) = (void *)27;

static s64 (*const bpf_csum_diff)(const void *from, u32 from_size, const void *to, u32 to_size, u32 seed) = (void *)28;

static u64 (*const bpf_get_current_task)(void) = (void *)35;

static long (*const bpf_probe_write_user)(void *to, const void *from, u32 size) = (void *)36;

static long (*const bpf_current_task_under_cgroup)(void *map, u32 index) = (void *)37;

static long (*const bpf_get_numa_node_id)(void) = (void *)42;

static long (*const bpf_probe_read_str)(void *to, u32 size, const void *from) = (void *)45;

static u64 (*const bpf_get_socket_cookie)(void *ctx) = (void *)46;

static u32 (*const bpf_get_socket_uid)(void *skb) = (void *)47;

static long (*const bpf_redirect_map)(void *map, u64 key, u64 flags) = (void *)51;

static long (*const bpf_sk_redirect_map)(void *skb, void *map, u32 key, u64 flags) = (void *)52;

static long (*const bpf_sock_map_update)(void *ops, void *map, void *key, u64 flags) = (void *)53;

static long (*const bpf_perf_event_read_value)(void *map, u64 flags, void *to, u32 size) = (void *)55;

static long (*const bpf_perf_prog_read_value)(void *ctx, void *to, u32 size) = (void *)56;

static long (*const bpf_override_return)(struct pt_regs *regs, u64 value) = (void *)58;

static long (*const bpf_msg_redirect_map)(void *message, void *map, u32 key, u64 flags) = (void *)60;

static long (*const bpf_get_stack)(void *ctx, void *to, u32 size, u64 flags) = (void *)67;

static long (*const bpf_sock_hash_update)(void *ops, void *map, void *key, u64 flags) = (void *)70;

static long (*const bpf_msg_redirect_hash)(void *message, void *map, void *key, u64 flags) = (void *)71;

static long (*const bpf_sk_redirect_hash)(void *skb, void *map, void *key, u64 flags) = (void *)72;

static u64 (*const bpf_get_current_cgroup_id)(void) = (void *)80;

static void *(*const bpf_get_local_storage)(void *map, u64 flags) = (void *)81;

static long (*const bpf_map_push_elem)(void *map, const void *value, u64 flags) = (void *)87;

static long (*const bpf_map_pop_elem)(void *map, void *value) = (void *)88;

static long (*const bpf_map_peek_elem)(void *map, void *value) = (void *)89;

static long (*const bpf_spin_lock)(void *lock) = (void *)93;

static long (*const bpf_spin_unlock)(void *lock) = (void *)94;

static void *(*const bpf_sk_storage_get)(void *map, void *sk, void *value, u64 flags) = (void *)107;

static long (*const bpf_sk_storage_delete)(void *map, void *sk) = (void *)108;

static long (*const bpf_send_signal)(u32 signal) = (void *)109;

static long (*const bpf_skb_output)(void *ctx, void *map, u64 flags, void *data, u64 size) = (void *)111;

static long (*const bpf_probe_read_user)(void *to, u32 size, const void *from) = (void *)112;

static long (*const bpf_probe_read_kernel)(void *to, u32 size, const void *from) = (void *)113;

static long (*const bpf_probe_read_user_str)(void *to, u32 size, const void *from) = (void *)114;

static long (*const bpf_probe_read_kernel_str)(void *to, u32 size, const void *from) = (void *)115;

static long (*const bpf_send_signal_thread)(u32 signal) = (void *)117;

static u64 (*const bpf_jiffies64)(void) = (void *)118;

static long (*const bpf_read_branch_records)(void *ctx, void *to, u32 size, u64 flags) = (void *)119;

static long (*const bpf_get_ns_current_pid_tgid)(u64 dev, u64 ino, void *to, u32 size) = (void *)120;

static u64 (*const bpf_get_current_ancestor_cgroup_id)(int level) = (void *)123;

static u64 (*const bpf_ktime_get_boot_ns)(void) = (void *)125;

static long (*const bpf_seq_printf)(void *seq, const char *format, u32 format_size, const void *data, u32 data_size) = (void *)126;

static long (*const bpf_seq_write)(void *seq, const void *data, u32 size) = (void *)127;

static long (*const bpf_ringbuf_output)(void *ring, void *data, u64 size, u64 flags) = (void *)130;

static void *(*const bpf_ringbuf_reserve)(void *ring, u64 size, u64 flags) = (void *)131;

static void (*const bpf_ringbuf_submit)(void *data, u64 flags) = (void *)132;

static void (*const bpf_ringbuf_discard)(void *data, u64 flags) = (void *)133;

static u64 (*const bpf_ringbuf_query)(void *ring, u64 flags) = (void *)134;

static long (*const bpf_get_task_stack)(void *task, void *to, u32 size, u64 flags) = (void *)141;

static void *(*const bpf_inode_storage_get)(void *map, void *inode, void *value, u64 flags) = (void *)145;

static long (*const bpf_inode_storage_delete)(void *map, void *inode) = (void *)146;

static long (*const bpf_d_path)(void *path, char *to, u32 size) = (void *)147;

static long (*const bpf_copy_from_user)(void *to, u32 size, const void *from) = (void *)148;

static long (*const bpf_snprintf_btf)(char *to, u32 size, void *pointer, u32 pointer_size, u64 flags) = (void *)149;

static void *(*const bpf_per_cpu_ptr)(const void *variable, u32 cpu) = (void *)153;

static void *(*const bpf_this_cpu_ptr)(const void *variable) = (void *)154;

static void *(*const bpf_task_storage_get)(void *map, void *task, void *value, u64 flags) = (void *)156;

static long (*const bpf_task_storage_delete)(void *map, void *task) = (void *)157;

static void *(*const bpf_get_current_task_btf)(void) = (void *)158;

static u64 (*const bpf_ktime_get_coarse_ns)(void) = (void *)160;

static long (*const bpf_for_each_map_elem)(void *map, void *callback, void *callback_ctx, u64 flags) = (void *)164;

static long (*const bpf_snprintf)(char *to, u32 size, const char *format, u64 *data, u32 data_size) = (void *)165;

static u64 (*const bpf_get_func_ip)(void *ctx) = (void *)173;

static u64 (*const bpf_get_attach_cookie)(void *ctx) = (void *)174;

static void *(*const bpf_task_pt_regs)(void *task) = (void *)175;

static long (*const bpf_get_branch_snapshot)(void *to, u32 size, u64 flags) = (void *)176;

static long (*const bpf_trace_vprintk)(const char *format, u32 format_size, const void *data, u32 data_size) = (void *)177;

static long (*const bpf_loop)(u32 count, void *callback, void *callback_ctx, u64 flags) = (void *)181;

static long (*const bpf_strncmp)(const char *text, u32 size, const char *other) = (void *)182;

static long (*const bpf_get_func_arg)(void *ctx, u32 n, u64 *value) = (void *)183;

static long (*const bpf_get_func_ret)(void *ctx, u64 *value) = (void *)184;

static long (*const bpf_get_func_arg_cnt)(void *ctx) = (void *)185;

static long (*const bpf_copy_from_user_task)(void *to, u32 size, const void *from, void *task, u64 flags) = (void *)191;

static void *(*const bpf_map_lookup_percpu_elem)(void *map, const void *key, u32 cpu) = (void *)195;

static u64 (*const bpf_ktime_get_tai_ns)(void) = (void *)208;
