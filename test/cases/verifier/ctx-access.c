#include "prelude.h"
SEC("raw_tp/sys_enter") int prog(struct args *ctx) {
  u64 *p = (void *)ctx;
  return p[40];
}
