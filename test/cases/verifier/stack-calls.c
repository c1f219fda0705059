#include "prelude.h"
static __attribute__((noinline)) int inner(struct args *ctx) {
  asm volatile("r1 = 1; *(u64 *)(r10 - 400) = r1" ::: "r1");
  return ctx != 0;
}
SEC("raw_tp/sys_enter") int prog(struct args *ctx) {
  asm volatile("r1 = 1; *(u64 *)(r10 - 400) = r1" ::: "r1");
  return inner(ctx);
}
