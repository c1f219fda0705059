#include "prelude.h"
SEC("raw_tp/sys_enter") int prog(struct args *ctx) {
  volatile u32 go = 1;
  while (go)
    ;
  return 0;
}
