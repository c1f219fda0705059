/** What a reason of the verifier means in plain words, and what to do about it. */
export interface Advice {
  readonly summary: string;
  readonly hint: string | undefined;
}

interface Rule {
  readonly pattern: RegExp;
  /** Whether what the pattern found is meant. */
  readonly when?: (match: RegExpExecArray) => boolean;
  readonly summary: string | ((match: RegExpExecArray) => string);
  readonly hint?: string;
}

const CHECK_NULL = "Test the pointer first: `if (!ptr) return 0;`.";
const USE_PROBE_READ =
  "Copy the kernel's memory first: bpf_probe_read_kernel(&copy, sizeof(copy), pointer), or bpf_probe_read_user for user memory.";
const BOUND_IT =
  "Compare the index with the number of elements directly before the access, as an unsigned number.";

const BAD_SIZE = "a size given to a helper may be negative, zero or too large";
const BOUND_SIZE =
  "Make it unsigned and bound it: `size &= 0xff;` or `if (size > sizeof(buffer)) return 0;`.";

// The first rule that matches counts.
const RULES: readonly Rule[] = [
  {
    pattern: /R\d+ invalid mem access '(map_value|ringbuf_mem|mem|alloc_mem|sock|tcp_sock|ptr|\w+)_or_null'/,
    summary: (m) => `this pointer may be NULL here (${m[1] === "map_value" ? "a map lookup" : m[1]})`,
    hint: CHECK_NULL,
  },
  {
    pattern: /R\d+ type=\w+_or_null\w* expected=/,
    summary: "a pointer that may be NULL is given to a helper",
    hint: CHECK_NULL,
  },
  {
    pattern: /invalid (?:indirect )?(?:read from|access to) stack R\d+ off -?\d+\+(\d+) size (\d+)/,
    summary: (m) => `a helper reads ${m[2]} bytes of the stack, of which byte ${m[1]} was never written`,
    hint: "Set all of the variable to zero first: `struct key_t key = {};`. Padding between its members counts too.",
  },
  {
    pattern: /invalid (?:indirect )?(?:read from|write to|access to) stack R\d+ off=(-?\d+) size=(\d+)/,
    when: (m) => Number(m[1]) < 0 && Number(m[1]) + Number(m[2]) > 0,
    summary: (m) => `a helper accesses ${m[2]} bytes from a variable on, which is smaller`,
    hint: "Declare the variable with the type that the table has for its keys or values, or give its own size.",
  },
  {
    pattern: /invalid read from stack .*off (-?\d+)/,
    summary: "memory of the stack is read that was never written",
    hint: "Give the variable a value where it is declared.",
  },
  {
    pattern: /invalid (?:write to|read from|access to) stack .*off=-?\d+|invalid stack /,
    summary: "the stack is accessed outside of its 512 bytes",
    hint: "Keep large variables in a map, for instance a per-CPU array with one entry.",
  },
  {
    pattern: /combined stack size of (\d+) calls is (\d+)/,
    summary: (m) => `${m[1]} functions that call each other need ${m[2]} bytes of stack, 512 are allowed`,
    hint: "Make the variables smaller, or keep large ones in a map.",
  },
  {
    pattern: /R\d+ invalid mem access '(scalar|inv)'/,
    summary: "an address is read that the verifier does not know as a pointer",
    hint: `Missing bpf_probe_read, or not a pointer. ${USE_PROBE_READ}`,
  },
  {
    pattern: /invalid access to map value, value_size=(\d+) off=(-?\d+) size=(\d+)/,
    summary: (m) => `${m[3]} bytes are accessed at offset ${m[2]} of a map value that has ${m[1]} bytes`,
    hint: BOUND_IT,
  },
  {
    pattern: /R\d+ unbounded memory access, use 'var &= const'/,
    summary: BAD_SIZE,
    hint: BOUND_SIZE,
  },
  {
    pattern:
      /R\d+ (?:unbounded memory access|min value is outside|max value is outside)|unbounded variable-offset .* stack/,
    summary: "an index or offset may lie outside of the memory that it accesses",
    hint: BOUND_IT,
  },
  {
    pattern: /R\d+ min value is negative|R\d+ unbounded (?:memory )?size|R\d+ invalid zero-sized read/,
    summary: BAD_SIZE,
    hint: BOUND_SIZE,
  },
  {
    pattern: /BPF program is too large\. Processed (\d+) insn|(?:sequence of \d+ jumps is too complex)/,
    summary: (m) =>
      m[1] === undefined
        ? "the program has too many branches to be verified"
        : `the program is too large: ${m[1]} instructions were looked at on all its paths`,
    hint: "Let loops run fewer times, use bpf_loop (Linux 5.17), or spread the work over several programs.",
  },
  {
    pattern: /infinite loop detected/,
    summary: "a loop may run for ever",
    hint: "Give the loop a constant bound, `for (int i = 0; i < 16; i++)`, and its count a variable whose address nobody gets: `u32 key = i; table.lookup(&key);`.",
  },
  {
    pattern: /back-edge from insn/,
    summary:
      "this kernel follows a loop only where it goes back by a jump, and this one falls into its beginning",
    hint: "Write it as `for (int i = 0; i < 16; i++)`, with break and continue instead of goto. Linux before 5.3 allows no loops at all: unroll them.",
  },
  {
    pattern: /(?:invalid func|unknown func) (?:(bpf_\w+)|unknown)#(\d+)/,
    summary: (m) =>
      `this kernel does not offer the helper ${m[1] ?? `number ${m[2]}`} to this kind of program`,
    hint: "Another helper, another kind of program or a newer kernel is needed.",
  },
  {
    pattern: /program of this type cannot use helper (\w+)#/,
    summary: (m) => `this kind of program may not call ${m[1]}`,
    hint: "Another helper or another kind of program is needed.",
  },
  {
    pattern: /cannot call GPL[- ]restricted function|must be GPL|GPL-compatible/,
    summary: "a helper is for programs under the GPL only",
    hint: "Leave out `#define BPF_LICENSE`, or let it say GPL or a licence that goes with it.",
  },
  {
    pattern: /Unreleased reference|would lead to reference leak/,
    summary: "what is reserved here is not given back on every path",
    hint: "Call bpf_ringbuf_submit or bpf_ringbuf_discard (or the release function) before every return.",
  },
  {
    pattern: /invalid bpf_context access off=(\d+)/,
    summary: (m) => `the context may not be accessed so (offset ${m[1]})`,
    hint: "The context of this kind of program has no such member, or it may only be read.",
  },
  {
    pattern: /invalid CO-RE relocation|failed to resolve CO-RE/,
    summary: "this kernel lacks a field or type that the program uses",
    hint: "Ask for it first with bpf_core_field_exists, or use what this kernel has instead.",
  },
  {
    pattern: /R\d+ !read_ok/,
    summary: "a value is used that was never set",
    hint: "A function without a return value, or a variable that is not set on every path?",
  },
  {
    pattern: /unknown opcode 8d/,
    summary: "the program calls a function through a pointer",
    hint: "Choose with if or switch, and call each function by its name.",
  },
  {
    pattern: /At program exit the register R0 .*should have been in ([[(].+?[\])])/,
    summary: (m) => `what this program may return is not always what its kind of program may: ${m[1]}`,
    hint: "Return constants, for instance `return 0;`, and not what a helper gave.",
  },
  {
    pattern: /^EINVAL$/,
    summary: "EINVAL, without a reason",
    hint: "Do programs share a BPF_PROG_ARRAY? They must be of one kind then. Say it for those with a context of any kind: `load(text, { programTypes: { name: ProgramType.TRACEPOINT } })`.",
  },
  {
    pattern: /unreachable insn (\d+)/,
    summary: "a part of the program can never run",
  },
  {
    pattern: /R\d+ type=(\w+) expected=([\w, ]+)/,
    summary: (m) => `a helper gets a ${m[1]} where it wants one of: ${(m[2] ?? "").replace(/[, _]+$/, "")}`,
    hint: "Helpers take pointers to the stack, to map values or to the context, not to kernel memory.",
  },
  {
    pattern:
      /pointer (?:arithmetic|comparison) (?:with|prohibited)|math between .* pointer|bitwise operator .* on pointer/,
    summary: "this arithmetic with a pointer cannot be followed by the verifier",
    hint: "Bound the number first, and add it to the pointer in one step.",
  },
];

/** The advice for a reason; a reason that no rule knows is its own summary. */
export function verifierAdvice(reason: string): Advice {
  for (const { pattern, when, summary, hint } of RULES) {
    const match = pattern.exec(reason);
    if (match !== null && (when?.(match) ?? true))
      return { summary: typeof summary === "string" ? summary : summary(match), hint };
  }
  return { summary: reason, hint: undefined };
}

/** What verifiers say of bounds that are not checked, or that were lost on the way. */
const BOUNDS =
  /invalid access to (?:map value|packet|memory|mem)|unbounded|(?:min|max) value is|invalid zero-sized|pointer arithmetic|math between|bitwise operator .* on pointer|variable[- ](?:offset )?stack|invalid (?:indirect |variable-offset )?(?:read|write|access)\b.* stack R\d+ var_off/;

/** What they say of loops whose count they lost. */
const LOOPS = /infinite loop detected|back-edge from insn|jumps is too complex/;

/** Whether another form of the same arithmetic may be followed by the verifier. */
export function mayHaveLostBounds(reason: string): boolean {
  return BOUNDS.test(reason) || LOOPS.test(reason);
}
