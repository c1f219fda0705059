#include "prelude.h"
SEC("raw_tp/sys_enter") int prog(struct args *ctx) {
  u64 *e = bpf_ringbuf_reserve(&ring, 8, 0);
  if (!e) return 0;
  *e = 5;
  if (bpf_get_prandom_u32() == 3)
    return 1;
  bpf_ringbuf_submit(e, 0);
  return 0;
}
