/** A whole number from 0 to below `limit`. */
export type Numbers = (limit: number) => number;

/** A copy with some of its bytes or words changed, or its end cut off. */
export function mutateBytes(original: Uint8Array, random: Numbers): Buffer {
  const bytes = Buffer.from(original);
  for (let i = random(3); i >= 0; i--) {
    const at = random(Math.max(1, bytes.length - 4));
    const kind = random(6);
    if (kind === 0) bytes[at] = random(256);
    else if (kind === 1 && (at & ~3) + 4 <= bytes.length) {
      // Small words are likely to be types, sizes and offsets that exist.
      bytes.writeUInt32LE(random(60), at & ~3);
    } else if (kind === 2 && (at & ~3) + 4 <= bytes.length) {
      bytes.writeUInt32LE(0xffffffff - random(3), at & ~3);
    } else if (kind === 3) bytes.copy(bytes, at, random(bytes.length), random(bytes.length));
    else if (kind === 4) bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
    else if (random(8) === 0) return bytes.subarray(0, random(bytes.length));
  }
  return bytes;
}

/** What breaks readers of text: ends of things, deep things, numbers that are too large. */
const PIECES =
  `( ) { } [ ] < > " ' \` \\ ; : , . / * # \n \r \t \0 \u2028 \ud800 é 😀 /* */ // "" '' \\\n -1 0 4294967296 1e400
  18446744073709551616 99999999999999999999 0x __ :: -> ... #define #include #if typedef struct enum union static
  __attribute__(( TRACEPOINT_PROBE( BPF_HASH( field: offset: size: signed:`
    .split(/ |\n +/)
    .concat(["\n", " "]);
/** Characters. Longer texts only take longer. */
const LONGEST = 20_000;

/** A copy with pieces taken out, put in, moved, or said many times. */
export function mutateText(original: string, random: Numbers): string {
  let text = original;
  for (let i = random(4); i >= 0; i--) {
    const at = random(text.length + 1);
    const length = 1 << random(10);
    const part = text.slice(at, at + length);
    const put = (piece: string, rest = at) => {
      text = text.slice(0, at) + piece + text.slice(rest);
    };
    const piece = PIECES[random(PIECES.length)] ?? "";
    switch (random(7)) {
      case 0:
        put("", at + length);
        break;
      case 1:
        put(piece);
        break;
      case 2:
        put(piece, at + 1);
        break;
      case 3: {
        const from = random(text.length + 1);
        put(text.slice(from, from + length));
        break;
      }
      case 4:
        put(String.fromCharCode(random(random(2) === 0 ? 128 : 65536)), at + 1);
        break;
      case 5:
        put(piece.repeat(1 << random(12)));
        break;
      default:
        put(part.repeat(1 + random(8)));
    }
  }
  return text.slice(0, LONGEST);
}

const TOKEN = /"(?:\\.|[^"\\\n])*"|\w+|->|[-+*/&|^<>=!]=?|\S|\s+/g;

/** A copy with one or two tokens exchanged, left out, or put in: C that a compiler may well accept. */
export function mutateTokens(original: string, random: Numbers): string {
  const tokens = original.match(TOKEN) ?? [];
  for (let i = random(2); i >= 0; i--) {
    const [at, from] = [random(tokens.length), random(tokens.length)];
    const token = tokens[at] ?? "";
    const name = /^[A-Za-z_]/.test(token);
    switch (random(6)) {
      case 0:
        tokens[at] = "";
        break;
      case 1:
        tokens[at] = tokens[from] ?? "";
        break;
      case 2:
        tokens[at] = name ? `(${token})` : token;
        break;
      case 3:
        tokens[at] = name ? `${["*", "&", "!", "(long)", "(void *)", "sizeof "][random(6)]}${token}` : token;
        break;
      case 4:
        tokens[at] = token === "->" ? "." : token === "." ? "->" : `${token} ${tokens[from] ?? ""}`;
        break;
      default:
        tokens[at] = /^\d/.test(token) ? String(random(1 << 16)) : token;
    }
  }
  return tokens.join("");
}
