#include "prelude.h"
SEC("raw_tp/sys_enter") int prog(struct args *ctx) {
  volatile u64 sum = 0;
  for (u32 i = 0; i < 10000000; i++)
    sum += i;
  return 0;
}
