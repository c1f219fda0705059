#include "prelude.h"
SEC("raw_tp/sys_enter") int prog(struct args *ctx) {
  u64 count = 0;
  asm volatile("goto +1; %[c] += 1; if %[c] < 10 goto -2;" : [c] "+r"(count)); // goto check
  return count;
}
