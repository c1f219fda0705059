#include "../verifier/prelude.h"
struct { __uint(type, 2); __uint(max_entries, 4); __type(key, u32); __type(value, u64); } seen SEC(".maps");
static __attribute__((always_inline)) int keep(u32 slot, u64 value) {
  bpf_map_update_elem(&seen, &slot, &value, 0);
  return 0;
}
// bpf_fentry_test1(int a) gives a + 1; the kernel calls it to try programs out.
SEC("fentry/bpf_fentry_test1") int on_entry(u64 *ctx) { return keep(0, ctx[0]); }
SEC("fexit/bpf_fentry_test1") int on_exit(u64 *ctx) { return keep(1, ctx[0] * 100 + ctx[1]); }
