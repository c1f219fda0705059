#include "prelude.h"
SEC("raw_tp/sys_enter") int prog(struct args *ctx) {
  u32 x = 0;
  return bpf_skb_store_bytes(ctx, 0, &x, 4, 0);
}
