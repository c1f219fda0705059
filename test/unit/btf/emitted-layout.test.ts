import assert from "node:assert/strict";
import { test } from "node:test";
import { Btf } from "../../../src/btf/btf.ts";
import { elfSection } from "../../../src/btf/elf.ts";
import { emitDeclarations } from "../../../src/btf/emit-declarations.ts";
import { checkC, compileObject } from "./compile-object.ts";
import { chooseSeed, randomNumbers } from "./random.ts";
import { assertSameLayout } from "./same-layout.ts";

const none = { tags: new Set<string>(), ordinary: new Set<string>(), macros: new Set<string>() };

/** BTF of C text in which every struct s0, s1, … has a variable of its type. */
function btfOf(text: string): Btf {
  const count = text.match(/\bstruct s\d+ \{/g)?.length ?? 0;
  const variables = Array.from({ length: count }, (_, i) => `struct s${i} v${i};`).join("\n");
  const object = compileObject(`${text}\n${variables}\n`, ["-w"]);
  return Btf.parse(elfSection(object, ".BTF") ?? assert.fail("no BTF"));
}

function assertEmittedAlike(text: string): void {
  const wanted = btfOf(text);
  const names = new Set([...wanted.names("struct"), ...wanted.names("union"), ...wanted.names("enum")]);
  const emitted = emitDeclarations(wanted, { identifiers: names, defined: none, assertions: "all" });
  for (const target of ["bpf", "x86_64-linux-gnu", "aarch64-linux-gnu"]) {
    assert.equal(checkC(emitted.text, [], target), "", emitted.text);
  }
  const found = btfOf(emitted.text);
  for (const name of wanted.names("struct")) {
    const id = wanted.find("struct", name) ?? assert.fail(name);
    const other = found.find("struct", name) ?? assert.fail(`${name} was not emitted`);
    const what = `struct ${name} of\n${text}\nemitted as\n${emitted.text}`;
    assertSameLayout({ btf: wanted, id }, { btf: found, id: other }, what);
  }
}

const PACKED = "__attribute__((packed))";

const layouts: Record<string, string> = {
  "natural members": "struct s0 { char a; short b; int c; long d; void *e; _Bool f; };",
  "a packed struct": `struct s0 { char a; long b; short c; } ${PACKED};`,
  "a packed member": `struct s0 { char a; long b ${PACKED}; int c; };`,
  "a packed struct with alignment": `struct s0 { int a; long b; int c; } __attribute__((packed, aligned(4)));`,
  "members of a packed struct in another": `struct s0 { char a; int b; } ${PACKED}; struct s1 { char x; struct s0 y; int z; };`,
  "an aligned struct":
    "struct s0 { char a; } __attribute__((aligned(64))); struct s1 { char x; struct s0 y; };",
  "an aligned member": "struct s0 { int a; int b __attribute__((aligned(64))); char c; };",
  "an under-aligned typedef":
    "typedef long small __attribute__((aligned(4))); struct s0 { int a; small b; }; struct s1 { struct s0 a; int b; };",
  "bit-fields": "struct s0 { int a:3; int b:5; unsigned c:24; long d:40; char e:1; _Bool f:1; };",
  "a bit-field after a zero-width one":
    "struct s0 { int a:3; int :0; int b:5; char c:2; char :0; char d:3; };",
  "unnamed bit-fields": "struct s0 { int a:3; int :7; int b:5; long :20; long c:30; };",
  "bit-fields in a packed struct": `struct s0 { int a:20; int b:20; long c:50; char d; } ${PACKED};`,
  "bit-fields that cross their unit": `struct s0 { char a; int b:30 ${PACKED}; int c:30 ${PACKED}; };`,
  "bit-fields at the end": "struct s0 { long a; int b:1; }; struct s1 { struct s0 a; char b; };",
  "bit-fields of enums": "enum e { A, B = 200 }; struct s0 { enum e a:8; enum e b:8; enum e c; };",
  "small enums": `enum ${PACKED} e1 { A }; enum ${PACKED} e2 { B = 300 }; struct s0 { char a; enum e1 b; enum e2 c; enum e1 d[3]; };`,
  "enums of 64 bits": "enum e { A = 0x100000000L, B = -1 }; struct s0 { char a; enum e b; };",
  arrays: "struct s0 { char a[3]; short b[2][3]; int c[0]; char d; }; struct s1 { struct s0 a[2]; };",
  "a flexible array": "struct s0 { int a; char b; long c[]; };",
  "an empty struct": "struct s0 {}; struct s1 { struct s0 a; int b; struct s0 c; };",
  unions: "struct s0 { union { int a; char b[7]; long c; }; union { struct { int x, y; }; long z; } u; };",
  "a union with alignment": "struct s0 { char a; union { char b; } __attribute__((aligned(16))) c; };",
  "a packed union": `struct s0 { char a; union { int b; long c; } ${PACKED} d; int e; };`,
  "anonymous structs that are packed": `struct s0 { char a; union { struct { char b; int c; } ${PACKED}; char d[6]; } ${PACKED}; char e; };`,
  "a padded union that is out of place": `struct s0 { char a; union { int b; char c[9]; }; } ${PACKED};`,
  __int128: "struct s0 { char a; __int128 b; unsigned __int128 c; }; struct s1 { char a; struct s0 b; };",
  floats: "struct s0 { char a; float b; double c; };",
  "pointers to arrays and functions":
    "struct p; struct s0 { int (*a)[4]; int (*b)(struct p *, ...); void (*(*c)(int))(void); char *const *volatile d; };",
  "a hole for a cache line": "struct s0 { char a; char b __attribute__((aligned(4096))); };",
};

for (const [title, text] of Object.entries(layouts)) {
  test(`emits ${title} with the same layout`, () => assertEmittedAlike(text));
}

/** A struct of random members; earlier structs may be contained. */
function randomStruct(index: number, random: (limit: number) => number): string {
  const types = ["char", "short", "int", "long", "unsigned", "void *", "_Bool", "__int128", "double"];
  const fields = ["char", "short", "int", "unsigned", "long", "unsigned long"];
  const bits = [8, 16, 32, 32, 64, 64];
  const attribute = (): string => {
    const choice = random(12);
    if (choice === 0) return ` ${PACKED}`;
    return choice === 1 ? ` __attribute__((aligned(${2 ** random(7)})))` : "";
  };
  const member = (name: string, depth: number): string => {
    const choice = random(12);
    if (choice < 5) return `${types[random(types.length)]} ${name}${attribute()};`;
    if (choice < 8) {
      const kind = random(fields.length);
      return `${fields[kind]} ${random(6) === 0 ? "" : name} : ${1 + random(bits[kind] ?? 8)};`;
    }
    if (choice === 8) return `${types[random(types.length)]} ${name}[${random(4)}]${attribute()};`;
    if (choice === 9 && index > 0) return `struct s${random(index)} ${name}${attribute()};`;
    if (depth > 2) return `short ${name};`;
    const inner = Array.from({ length: 1 + random(3) }, (_, i) => member(`${name}_${i}`, depth + 1)).join(
      " ",
    );
    const body = `${random(2) === 0 ? "struct" : "union"} { ${inner} }`;
    return `${body}${random(6) === 0 ? ` ${PACKED}` : ""} ${random(2) === 0 ? name : ""};`;
  };
  const members = Array.from({ length: 1 + random(7) }, (_, i) => member(`m${i}`, 0)).join(" ");
  return `struct s${index} { ${members} }${attribute()};`;
}

test("emits 400 random structs with the same layout", () => {
  const seed = chooseSeed();
  console.log(`BCC_TS_SEED=${seed}`);
  const random = randomNumbers(seed);
  for (let round = 0; round < 8; round++) {
    const text = Array.from({ length: 50 }, (_, i) => randomStruct(i, random)).join("\n");
    assertEmittedAlike(text);
  }
});
