const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/**
 * Bytes as text without loss: a byte that is not part of valid UTF-8 becomes the lone surrogate U+DC00 +
 * byte, as in Python's "surrogateescape". It prints as U+FFFD, and encodes back to the same byte, so that a
 * key read from a map finds its entry again though a name in it was cut within a character.
 */
export function decodeUtf8(bytes: Uint8Array): string {
  return tryDecode(bytes) ?? decodeEscaping(bytes);
}

/** The bytes of a text; the lone surrogates that decodeUtf8 makes become bytes again. */
export function encodeUtf8(text: string): Uint8Array {
  if (!/\p{Surrogate}/u.test(text)) return encoder.encode(text);
  return Uint8Array.from(
    Array.from(text).flatMap((character) => {
      const code = character.charCodeAt(0);
      const escaped = character.length === 1 && code >= 0xdc80 && code <= 0xdcff;
      return escaped ? [code - 0xdc00] : [...encoder.encode(character)];
    }),
  );
}

function decodeEscaping(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes[at] ?? 0);
    const character = tryDecode(bytes.subarray(at, at + length));
    text += character ?? String.fromCharCode(0xdc00 + (bytes[at] ?? 0));
    at += character === undefined ? 1 : length;
  }
  return text;
}

function tryDecode(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    // Not valid UTF-8: the only thing that a fatal decoder throws for.
    return undefined;
  }
}

/** Bytes of the character that starts with this byte, if one does. */
function sequenceLength(first: number): number {
  if (first < 0xc0) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}
