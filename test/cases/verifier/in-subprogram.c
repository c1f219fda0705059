#include "prelude.h"
static __attribute__((noinline)) int read_it(u64 address) {
  return *(int *)address;
}
SEC("raw_tp/sys_enter") int prog(struct args *ctx) {
  return read_it(ctx->a[1]);
}
