// Tables that outlive or connect programs: pinned, public, shared and extern ones.
import assert from "node:assert/strict";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { test } from "node:test";
import { type Bpf, type HashMap, LoadError, load } from "bcc-ts";
import { pinDirectory as directory, needsBpfFileSystem } from "./own-bpf-file-system.ts";

interface Table {
  maps: { seen: HashMap<number, bigint> };
}

const program = (table: string) => `${table}\nRAW_TRACEPOINT_PROBE(sys_enter) { return 0; }`;
const open = (table: string): Promise<Bpf<Table>> => load<Table>(program(table), { attach: false });

const isLoadError = (message: RegExp) => (error: unknown) =>
  error instanceof LoadError && message.test(error.message);

test("a pinned table stays and is found again", async (t) => {
  if (!needsBpfFileSystem(t)) return;
  const path = `${directory}/a/b/seen`;
  const table = `BPF_TABLE_PINNED("hash", u32, u64, seen, 16, "${path}");`;
  {
    using first = await open(table);
    first.maps.seen.set(1, 5n);
  }
  assert(existsSync(path));
  {
    // Its size is what the first program said, as the pinned maps of bpftool are used.
    using second = await open(table.replace("16", "32"));
    assert.equal(second.maps.seen.get(1), 5n);
    assert.equal(second.maps.seen.maxEntries, 16);
    second.maps.seen.set(2, 6n);
  }
  {
    using raw = await open(`BPF_TABLE("hash:${path}", u32, u64, seen, 16);`);
    assert.deepEqual(
      new Map(raw.maps.seen),
      new Map([
        [1, 5n],
        [2, 6n],
      ]),
    );
  }
  rmSync(path);
  using anew = await open(table);
  assert.equal(anew.maps.seen.size, 0);
});

test("a pinned table of a program with other types has the types that are declared", async (t) => {
  if (!needsBpfFileSystem(t)) return;
  const path = `${directory}/typed`;
  const table = `BPF_TABLE_PINNED("hash", u32, u64, seen, 16, "${path}");`;
  using first = await open(table);
  first.maps.seen.set(1, 5n);
  const others = "struct place { char name[255]; int at[3]; };\nBPF_HASH(places, u64, struct place);";
  using second = await open(`${others}\n${table}`);
  assert.deepEqual([...second.maps.seen], [[1, 5n]]);
  using third = await open(`${others}\nBPF_TABLE("hash:${path}", u32, u64, seen, 16);`);
  third.maps.seen.set(2, 6n);
  assert.equal(first.maps.seen.get(2), 6n);
  rmSync(path);
});

test("a pinned table that is another one is refused, and the difference told", async (t) => {
  if (!needsBpfFileSystem(t)) return;
  const pinned = (kind: string, key: string, value: string) =>
    `BPF_TABLE_PINNED("${kind}", ${key}, ${value}, seen, 16, "${directory}/other");`;
  {
    using first = await open(pinned("hash", "u32", "u64"));
    first.maps.seen.set(1, 5n);
  }
  const cases: [table: string, difference: RegExp][] = [
    [pinned("lru_hash", "u32", "u64"), /declared as lru_hash and is hash/],
    [pinned("hash", "u64", "u64"), /its keys are declared with 8 bytes and have 4/],
    [pinned("hash", "u32", "u16"), /its values are declared with 2 bytes and have 8/],
    [`BPF_TABLE_PINNED("hash", u32, u64, seen, 16, "/tmp/seen");`, /not in a BPF file system/],
    [`BPF_TABLE_PINNED("hash", u32, u64, seen, 16, "seen");`, /no absolute path/],
  ];
  for (const [table, difference] of cases) await assert.rejects(open(table), isLoadError(difference));
  assert.deepEqual(readdirSync(directory).includes("other"), true);
});

test("a public table is another program's extern one", async () => {
  const extern = `BPF_TABLE("extern", u32, u64, seen, 16);`;
  await assert.rejects(open(extern), isLoadError(/no open program of this process has a public table seen/));
  {
    using owner = await open(`BPF_TABLE_PUBLIC("hash", u32, u64, seen, 16);`);
    using guest = await open(extern);
    owner.maps.seen.set(1, 2n);
    assert.equal(guest.maps.seen.get(1), 2n);
    guest.maps.seen.set(3, 4n);
    assert.equal(owner.maps.seen.get(3), 4n);
    await assert.rejects(
      open(`BPF_TABLE("extern", u64, u64, seen, 16);`),
      isLoadError(/its keys are declared with 8 bytes and have 4/),
    );
    await assert.rejects(open(`BPF_TABLE("extern", u32, u64, sen, 16);`), { hint: /Did you mean seen/ });
  }
  await assert.rejects(open(extern), LoadError);
});

test("a shared table is the same in all programs that declare it", async () => {
  const table = `BPF_TABLE_SHARED("hash", u32, u64, seen, 16);`;
  const first = await open(table);
  first.maps.seen.set(1, 2n);
  using second = await open(table);
  first.close();
  assert.equal(second.maps.seen.get(1), 2n);
  using third = await open(table);
  assert.equal(third.maps.seen.get(1), 2n);
  await assert.rejects(open(table.replace("u64", "u32")), isLoadError(/its values/));
});
