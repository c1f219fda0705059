import type { Diagnostic } from "../../source/diagnostic.ts";
import { definitionsOf } from "./definitions.ts";

/** What does in BPF what functions of C's library do elsewhere. */
const INSTEAD: readonly (readonly [names: string, hint: string])[] = [
  ["bpf_printk", 'It is bpf_trace_printk("text %d\\n", value) here.'],
  ["printf fprintf puts putchar", "bpf_trace_printk() writes to the trace pipe; events say more."],
  [
    "sprintf snprintf",
    "bpf_snprintf() formats a text (Linux 5.13); an event's values are better formatted in TypeScript.",
  ],
  [
    "strcmp strncmp strcasecmp strstr strchr",
    "Compare the characters in a loop with a constant bound, or with bpf_strncmp() (Linux 5.17).",
  ],
  ["strlen strnlen", "bpf_probe_read_kernel_str() and bpf_probe_read_user_str() return the length."],
  [
    "strcpy strncpy strlcpy strcat",
    "bpf_probe_read_kernel_str(to, sizeof(to), from) copies a text, and bpf_probe_read_user_str() one of a process.",
  ],
  [
    "malloc calloc realloc free kmalloc kfree",
    "There is no heap: keep it in a map, for instance BPF_PERCPU_ARRAY(heap, struct big, 1).",
  ],
  [
    "time gettimeofday clock_gettime",
    "bpf_ktime_get_ns() gives the nanoseconds since the start, without the time asleep.",
  ],
  ["getpid gettid", "bpf_get_current_pid_tgid() >> 32 is the process, its lower half the thread."],
  ["rand random", "bpf_get_prandom_u32() gives a random number."],
];

/** How tables' methods are called, where that is not the same for all kinds. */
const METHODS: Readonly<Record<string, string>> = {
  lookup: "(&key)",
  lookup_or_try_init: "(&key, &initial)",
  lookup_or_init: "(&key, &initial)",
  update: "(&key, &value)",
  insert: "(&key, &value)",
  delete: "(&key)",
  get_stackid: "(ctx, flags)",
  call: "(ctx, index)",
  redirect_map: "(index, flags)",
  perf_submit: "(ctx, &data, sizeof(data))",
  perf_submit_skb: "(skb, skb->len, &data, sizeof(data))",
  perf_read: "(CUR_CPU_IDENTIFIER)",
  perf_counter_value: "(CUR_CPU_IDENTIFIER, &value, sizeof(value))",
  ringbuf_output: "(&data, sizeof(data), flags)",
  ringbuf_reserve: "(sizeof(struct data_t))",
  ringbuf_submit: "(data, flags)",
  ringbuf_discard: "(data, flags)",
  ringbuf_query: "(flags)",
  check_current_task: "(index)",
  push: "(&value, flags)",
  pop: "(&value)",
  peek: "(&value)",
  get_local_storage: "(flags)",
};

export function insteadOf(name: string): string | undefined {
  return INSTEAD.find(([names]) => names.split(" ").includes(name))?.[1];
}

/** How the function or method is called whose arguments are too few or too many. */
export function usageAt({ source, span }: Diagnostic): string | undefined {
  const [, table, name = ""] =
    /(?:(\w+)\s*\.\s*)?\b(\w+)\s*$/.exec(calledBefore(source.text, span.start)) ?? [];
  if (table !== undefined)
    return Object.hasOwn(METHODS, name) ? `${table}.${name}${METHODS[name]}` : undefined;
  const helper = definitionsOf("helpers.h").find((definition) => definition.names.includes(name));
  const parameters = /\(\*const \w+\)\(([^)]*)\)/.exec(helper?.text ?? "")?.[1];
  return parameters && `${name}(${parameters})`;
}

/** The text before the parenthesis around a place. */
function calledBefore(text: string, place: number): string {
  let depth = 0;
  for (let at = place - 1; at >= 0 && text[at] !== ";"; at--) {
    if (text[at] === ")") depth++;
    else if (text[at] === "(" && depth-- === 0) return text.slice(0, at);
  }
  return "";
}
