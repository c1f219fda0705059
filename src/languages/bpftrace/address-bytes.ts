import { isIP } from "node:net";

/** The bytes of an IPv4 or IPv6 address; undefined for other texts. */
export function addressBytes(text: string): number[] | undefined {
  if (isIP(text) === 4) return text.split(".").map(Number);
  if (isIP(text) !== 6) return undefined;
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const four = tail?.[2]?.split(".").map(Number) ?? [];
  const plain =
    tail === null
      ? text
      : `${tail[1]}${[0, 2].map((i) => (((four[i] ?? 0) << 8) | (four[i + 1] ?? 0)).toString(16)).join(":")}`;
  const [head = "", rest] = plain.split("::");
  const groups = (part: string) =>
    part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16));
  const before = groups(head);
  const after = rest === undefined ? [] : groups(rest);
  const all = [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
  return all.flatMap((group) => [group >> 8, group & 255]);
}
