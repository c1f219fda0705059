#include "prelude.h"
struct big { u64 a[4]; };
struct { __uint(type, 1); __uint(max_entries, 64); __type(key, u32); __type(value, struct big); } m SEC(".maps");
SEC("raw_tp/sys_enter") int prog(struct args *ctx) {
  u32 key = 1;
  struct big *b = bpf_map_lookup_elem(&m, &key);
  if (!b) return 0;
  u32 i = bpf_get_prandom_u32();
  b->a[i] = 1;
  return 0;
}
