#define TRACEPOINT_PROBE(category, event) int tracepoint__##category##__##event(struct tracepoint__##category##__##event *args)

#define RAW_TRACEPOINT_PROBE(event) int raw_tracepoint__##event(struct bpf_raw_tracepoint_args *ctx)

#define TP_DATA_LOC_READ_CONST(dst, field, length) bpf_probe_read((void *)(dst), length, (char *)args + (args->data_loc_##field & 0xffff))

#define TP_DATA_LOC_READ(dst, field) bpf_probe_read((void *)(dst), args->data_loc_##field >> 16, (char *)args + (args->data_loc_##field & 0xffff))

#define TP_DATA_LOC_READ_STR(dst, field, length) bpf_probe_read_str((void *)(dst), length, (char *)args + (args->data_loc_##field & 0xffff))

#define BPF_ITER(target) int bpf_iter__##target(struct bpf_iter__##target *ctx)
