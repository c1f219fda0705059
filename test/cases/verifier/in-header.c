#include "prelude.h"
# 1 "bpf/read-count.h"
static __attribute__((always_inline)) u64 read_count(u32 key) {
  u64 *value = bpf_map_lookup_elem(&counts, &key);
  return *value;
}
# 8 "in-header.c"
SEC("raw_tp/sys_enter") int prog(struct args *ctx) {
  u64 twice = 0;
  for (u32 i = 0; i < 2; i++)
    twice += read_count(7);
  return twice;
}
