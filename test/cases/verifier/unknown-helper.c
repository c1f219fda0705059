#include "prelude.h"
SEC("raw_tp/sys_enter") int prog(struct args *ctx) {
  return bpf_no_such_helper();
}
