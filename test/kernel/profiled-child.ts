// Loads a program that the verifier works at for a while; started with a profiler, whose signals interrupt it.
import { load } from "bcc-ts";

using bpf = await load(
  `BPF_ARRAY(numbers, u64, 64);
   RAW_TRACEPOINT_PROBE(sys_enter) {
     u64 sum = 0;
     #pragma nounroll
     for (int i = 0; i < 8000; i++) {
       u32 at = bpf_get_prandom_u32() & 63;
       u64 *number = numbers.lookup(&at);
       if (number) sum += *number;
     }
     return sum == 1;
   }`,
  { attach: false },
);
console.log(bpf.programs.join());
