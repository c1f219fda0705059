#include "prelude.h"
SEC("raw_tp/sys_enter") int prog(struct args *ctx) {
  char to[16];
  bpf_probe_read_kernel(to, ctx->a[0], (void *)ctx->a[1]);
  return to[0];
}
