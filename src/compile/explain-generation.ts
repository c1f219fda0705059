import type { Diagnostic } from "../source/diagnostic.ts";

interface Rule {
  readonly pattern: RegExp;
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** What clang says when it has understood a program and cannot make BPF instructions of it. */
const RULES: readonly Rule[] = [
  {
    pattern: /BPF stack limit is exceeded/,
    code: "STACK_LIMIT",
    message: "the variables need more than the 512 bytes of stack that a BPF program has",
    hint: "Keep large ones in a map, for instance BPF_PERCPU_ARRAY(heap, struct big, 1), or in an event that ringbuf_reserve() gives.",
  },
  {
    pattern: /built-in function '__\w*[sdt]f\w*' is not supported/,
    code: "FLOATING_POINT",
    message: "BPF has no floating-point numbers",
    hint: "Count in whole numbers, in nanoseconds for instance, and divide where the program's values are read.",
  },
  {
    pattern: /built-in function '__\w*ti\d' is not supported/,
    code: "WIDE_NUMBER",
    message: "BPF does not multiply, divide or shift by a variable numbers of 128 bits",
    hint: "Use 64 bits: `(u64)a * b`.",
  },
  {
    pattern: /built-in function '(?:mem(?:set|cpy|move|cmp)|bzero|bcmp)' is not supported/,
    code: "MEMORY_SIZE",
    message: "BPF copies, fills and compares memory of a constant, small size only",
    hint: "Give a constant size, or write a loop with a constant bound.",
  },
  {
    pattern: /unsupported signed division/,
    code: "SIGNED_DIVISION",
    message: "BPF divides unsigned numbers only",
    hint: "Make the number unsigned, or divide its absolute value and put the sign back.",
  },
  {
    pattern: /unsupported dynamic stack allocation/,
    code: "STACK_LIMIT",
    message: "the size of an array on the stack must be a constant",
    hint: "Give the largest size that you need, and how many of its elements count.",
  },
  {
    pattern: /too many arguments$|stack arguments are not supported/,
    code: "PARAMETERS",
    message: "a function that is not inlined takes five arguments at most",
    hint: "Leave out noinline, or hand over a pointer to a struct.",
  },
  {
    pattern: /(?:aggregate|small) returns (?:are not )?supported/,
    code: "PARAMETERS",
    message: "a function that is not inlined returns a number or a pointer only",
    hint: "Leave out noinline, or let the function fill a struct that it is given.",
  },
];

/** Clang's words about code that it cannot make, in ours, each once a line. */
export function explainGeneration(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const told = new Set<string>();
  const explained: Diagnostic[] = [];
  for (const diagnostic of diagnostics) {
    const rule = RULES.find(({ pattern }) => pattern.test(diagnostic.message));
    if (rule === undefined || diagnostic.severity !== "error") {
      explained.push(diagnostic);
      continue;
    }
    const { code, message, hint } = rule;
    const { line } = diagnostic.source.position(diagnostic.span.start);
    // The stack is one for the whole program: clang says so for each use of it.
    const key = code === "STACK_LIMIT" ? message : `${code} ${line}`;
    // What a 128-bit function that is not there returns is too large: that is no other finding.
    const isSame = /only small returns/.test(diagnostic.message) && told.has("WIDE_NUMBER");
    if (told.has(key) || isSame) continue;
    told.add(key).add(code);
    explained.push({ ...diagnostic, code, message, hint, notes: [] });
  }
  return explained;
}
