/** Numbers of the command line: with signs and bases as in C. */
export function numberOf(text: string): bigint | undefined {
  if (/^-?(?:0[xX][\da-fA-F]+|0[0-7]*|[1-9]\d*)[uUlL]*$/.test(text)) {
    const digits = text.replace(/^-|[uUlL]+$/g, "");
    const value = /^0\d/.test(digits) ? BigInt(`0o${digits}`) : BigInt(digits);
    return text.startsWith("-") ? -value : value;
  }
  return undefined;
}
