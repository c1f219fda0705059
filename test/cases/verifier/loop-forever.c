#include "prelude.h"
SEC("raw_tp/sys_enter") int prog(struct args *ctx) {
  for (;;)
    bpf_get_current_pid_tgid();
  return 0;
}
