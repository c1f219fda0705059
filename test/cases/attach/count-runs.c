#include "../verifier/prelude.h"
static long (*bpf_get_current_comm)(void *to, u32 size) = (void *)16;
struct { __uint(type, 2); __uint(max_entries, 4); __type(key, u32); __type(value, u64); } runs SEC(".maps");
static __attribute__((always_inline)) int count(u32 slot) {
  union { char text[16]; u64 words[2]; } comm = {};
  bpf_get_current_comm(comm.text, sizeof(comm));
  union { char text[16]; u64 words[2]; } wanted = { .text = "bcc-ts-probe" };
  if (comm.words[0] != wanted.words[0] || comm.words[1] != wanted.words[1]) return 0;
  u64 *value = bpf_map_lookup_elem(&runs, &slot);
  if (value) __sync_fetch_and_add(value, 1);
  return 0;
}
SEC("tracepoint") int on_tracepoint(void *ctx) { return count(0); }
SEC("raw_tp") int on_raw_tracepoint(void *ctx) { return count(1); }
SEC("kprobe") int on_kprobe(void *ctx) { return count(2); }
SEC("kretprobe") int on_kretprobe(void *ctx) { return count(3); }
