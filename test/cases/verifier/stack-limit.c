#include "prelude.h"
SEC("raw_tp/sys_enter") int prog(struct args *ctx) {
  asm volatile("r1 = 1; *(u64 *)(r10 - 520) = r1" ::: "r1");
  return 0;
}
