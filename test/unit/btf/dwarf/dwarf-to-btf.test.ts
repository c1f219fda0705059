// Debug information that this machine's compiler writes, as C declarations again.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Btf } from "../../../../src/btf/btf.ts";
import { spell } from "../../../../src/btf/c-name.ts";
import { dwarfToBtf } from "../../../../src/btf/dwarf/dwarf-to-btf.ts";
import { elfSections } from "../../../../src/btf/elf.ts";
import { BpfError } from "../../../../src/errors.ts";
import { userTypes } from "../../../../src/kernel/user-types.ts";
import { describeType } from "../../../../src/listing/describe-types.ts";
import { chooseSeed, randomNumbers } from "../random.ts";

const SOURCE = `
struct inner { char c; short s; };
struct outer {
  int a; char text[10]; struct inner in; unsigned char bytes[4]; union { int u; float f; };
  struct outer *next; int x : 3, y : 5; int table[2][3]; unsigned long long wide;
};
enum color { RED = -1, GREEN = 5 };
typedef struct { int z; } nameless;
int first(const struct outer *o, enum color c, nameless *n, double d, volatile long last) { return o->a + c + n->z + d + last; }
void second(int (*call)(char), const char *text) { call(text[0]); }
`;

const FUNCTIONS: readonly (readonly [string, readonly string[]])[] = [
  ["first", ["const struct outer *o", "enum color c", "nameless *n", "double d", "volatile long int last"]],
  ["second", ["int (*call)(char)", "const char *text"]],
];

const compiler = spawnSync("cc", ["--version"]).status === 0;
for (const version of [4, 5]) {
  test(`functions and types out of DWARF ${version}`, {
    skip: !compiler && "there is no compiler cc",
  }, () => {
    const directory = mkdtempSync(join(tmpdir(), "bcc-ts-dwarf-"));
    try {
      const source = join(directory, "types.c");
      const object = join(directory, "types.so");
      writeFileSync(source, SOURCE);
      execFileSync("cc", ["-g", `-gdwarf-${version}`, "-O0", "-shared", "-fPIC", "-o", object, source]);
      const btf = userTypes(object, ["first", "second", "third"]);
      assert.ok(btf !== undefined);
      for (const [name, parameters] of FUNCTIONS) assert.deepEqual(declared(btf, name), parameters);
      const outer = btf.find("struct", "outer");
      assert.ok(outer !== undefined);
      assert.equal(
        describeType(btf, outer, true),
        "struct outer {\n\tint a;\n\tchar text[10];\n\tstruct inner in;\n\tunsigned char bytes[4];\n\tunion {\n\t\tint u;\n\t\tfloat f;\n\t};\n\tstruct outer *next;\n\tint x:3;\n\tint y:5;\n\tint table[2][3];\n\tlong long unsigned int wide;\n};",
      );
      assert.deepEqual(btf.enumerator("RED")?.value, -1n);
      assert.equal(userTypes(object, ["third"]), undefined);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
}

function declared(btf: Btf, name: string): string[] {
  const id = btf.find("func", name);
  const func = id === undefined ? undefined : btf.type(id);
  const prototype = func?.kind === "func" ? btf.type(func.to) : undefined;
  assert.ok(prototype?.kind === "func_proto");
  return prototype.parameters.map((parameter) => spell(btf, parameter.type, parameter.name));
}

const SEED = chooseSeed();
test(`damaged debug information gives types or none (seed ${SEED})`, {
  skip: !compiler && "there is no compiler cc",
}, () => {
  const directory = mkdtempSync(join(tmpdir(), "bcc-ts-dwarf-"));
  try {
    const source = join(directory, "types.c");
    const object = join(directory, "types.o");
    writeFileSync(source, SOURCE);
    execFileSync("cc", ["-g", "-O0", "-shared", "-fPIC", "-o", object, source]);
    const sections = elfSections(readFileSync(object));
    const bytes = (name: string) =>
      Uint8Array.from(sections.find((section) => section.name === name)?.data ?? []);
    const whole = {
      info: bytes(".debug_info"),
      abbreviations: bytes(".debug_abbrev"),
      texts: bytes(".debug_str"),
      lineTexts: bytes(".debug_line_str"),
      textOffsets: bytes(".debug_str_offsets"),
    };
    const random = randomNumbers(SEED);
    for (let round = 0; round < 500; round++) {
      const [info, abbreviations] = [whole.info.slice(), whole.abbreviations.slice()];
      for (let change = 1 + random(4); change > 0; change--) {
        const part = random(2) === 0 ? info : abbreviations;
        part[random(part.length)] = random(256);
      }
      try {
        const btf = dwarfToBtf({ ...whole, info, abbreviations }, new Set(["first", "second"]));
        if (btf !== undefined) Btf.parse(btf, { name: "damaged" });
      } catch (error) {
        assert.ok(error instanceof RangeError || BpfError.is(error), String(error));
      }
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("a file without debug information, and what is no ELF file, have no types", () => {
  assert.equal(userTypes("/bin/true", ["main"]), undefined);
  assert.equal(userTypes(process.argv[1] ?? "", ["main"]), undefined);
});
