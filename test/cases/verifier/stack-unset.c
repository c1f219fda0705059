// Refused without CAP_PERFMON only (recorded with CAP_BPF alone), and by older kernels always.
#include "prelude.h"
struct key { u32 a; u64 b; };
struct { __uint(type, 1); __uint(max_entries, 64); __type(key, struct key); __type(value, u64); } m SEC(".maps");
SEC("socket") int prog(void *ctx) {
  struct key k;
  u64 one = 1;
  k.a = 1;
  bpf_map_update_elem(&m, &k, &one, 0);
  return 0;
}
