export function wrap(value: bigint, bytes: number, signed: boolean): bigint {
  return signed ? BigInt.asIntN(bytes * 8, value) : BigInt.asUintN(bytes * 8, value);
}

/** What an operator gives for two constants; undefined where it is left to run time. */
export function fold(operator: string, a: bigint, b: bigint, signed: boolean): bigint | undefined {
  const wrapped = (value: bigint) => wrap(value, 8, signed && value < 1n << 63n);
  switch (operator) {
    case "+":
      return wrapped(a + b);
    case "-":
      return BigInt.asIntN(64, a - b);
    case "*":
      return wrapped(a * b);
    case "/":
      return b === 0n ? undefined : wrapped(a / b);
    case "%":
      return b === 0n ? undefined : wrapped(a % b);
    case "&":
      return wrapped(a & b);
    case "|":
      return wrapped(a | b);
    case "^":
      return wrapped(a ^ b);
    case "<<":
      return b >= 0n && b < 64n ? wrapped(a << b) : undefined;
    case ">>":
      return b >= 0n && b < 64n ? wrapped(a >> b) : undefined;
    default:
      return undefined;
  }
}
