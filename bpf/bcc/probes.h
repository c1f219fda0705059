#define TRACEPOINT_PROBE(category, event) int tracepoint__##category##__##event(struct tracepoint__##category##__##event *args)

#define RAW_TRACEPOINT_PROBE(event) int raw_tracepoint__##event(struct bpf_raw_tracepoint_args *ctx)

#define TP_DATA_LOC_READ_CONST(dst, field, length) bpf_probe_read((void *)(dst), length, (char *)args + (args->data_loc_##field & 0xffff))

#define TP_DATA_LOC_READ(dst, field) bpf_probe_read((void *)(dst), args->data_loc_##field >> 16, (char *)args + (args->data_loc_##field & 0xffff))

#define TP_DATA_LOC_READ_STR(dst, field, length) bpf_probe_read_str((void *)(dst), length, (char *)args + (args->data_loc_##field & 0xffff))

#define BPF_ITER(target) int bpf_iter__##target(struct bpf_iter__##target *ctx)

/* An iterator's text: pointers are values like others, as %s takes them. */
#define BPF_SEQ_PRINTF(SEQ, FORMAT, ...) ({ \
	static const char bcc_ts_seq_format[] = FORMAT; \
	_Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wint-conversion\"") \
	u64 bcc_ts_seq_values[] = { __VA_ARGS__ }; \
	_Pragma("GCC diagnostic pop") \
	bpf_seq_printf(SEQ, bcc_ts_seq_format, sizeof(bcc_ts_seq_format), bcc_ts_seq_values, sizeof(bcc_ts_seq_values)); })
