#include "prelude.h"
SEC("raw_tp/sys_enter") int prog(struct args *ctx) {
  u64 from;
  asm volatile("%0 = r7" : "=r"(from));
  return from;
}
