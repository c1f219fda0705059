import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { packageFile } from "../../src/package-root.ts";

const scratch = realpathSync(mkdtempSync(join(tmpdir(), "bcc-ts-scripts-")));
after(() => rmSync(scratch, { recursive: true }));

let places = 0;

/** Files in a directory of their own, run with a cache of their own. */
class Place {
  readonly directory = join(scratch, `place-${places++}`);
  readonly #cache = `${this.directory}-cache`;

  constructor(files: Readonly<Record<string, string>>) {
    mkdirSync(this.directory);
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.directory, name), text);
  }

  run(...words: readonly string[]) {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [packageFile("dist", "lib", "bin.cjs"), "run", ...words],
      { cwd: this.directory, env: { ...process.env, BCC_TS_CACHE: this.#cache }, encoding: "utf8" },
    );
    return { status, stdout, stderr };
  }

  kept(): number {
    return readdirSync(join(this.#cache, "scripts")).length;
  }
}

const TELLS_ITS_PLACE = `
interface Told { url: string; directory: string; file: string; words: string[] }
const told: Told = {
  url: import.meta.url, directory: import.meta.dirname, file: import.meta.filename, words: process.argv.slice(1),
};
console.log(JSON.stringify(told));
`;

// A comment with the word import( in it keeps a script from being made to stand alone: both ways must agree.
for (const [how, text] of [
  ["by itself", TELLS_ITS_PLACE],
  ["with hooks", `// no import() here\n${TELLS_ITS_PLACE}`],
] as const) {
  test(`a script that runs ${how} knows its place and its words`, () => {
    const place = new Place({ "tells.ts": text });
    const file = join(place.directory, "tells.ts");
    const expected = {
      url: pathToFileURL(file).href,
      directory: place.directory,
      file,
      words: [file, "--port", "443"],
    };
    for (const _ of ["first", "again"]) {
      const { status, stdout, stderr } = place.run("tells.ts", "--", "--port", "443");
      assert.equal(status, 0, stderr);
      assert.deepEqual(JSON.parse(stdout), expected);
      assert.equal(place.kept(), 1);
    }
  });

  test(`a script that runs ${how} has its own lines in errors`, () => {
    const fails =
      "interface A {\n  a: number;\n}\nfunction f(a: A): never {\n  throw new Error(String(a.a));\n}\n";
    const place = new Place({ "fails.ts": `${text}${fails}f({ a: 1 });\n` });
    const line = text.split("\n").length + 4;
    for (const _ of ["first", "again"]) {
      const { status, stderr } = place.run("fails.ts");
      assert.equal(status, 1);
      assert.match(stderr, new RegExp(`at f \\(${join(place.directory, "fails.ts")}:${line}:`));
    }
  });
}

test("a script that was changed is run as it is now", () => {
  const place = new Place({ "a.ts": "console.log(1 as number);" });
  assert.equal(place.run("a.ts").stdout, "1\n");
  place.write("a.ts", "console.log(2 as number);");
  assert.equal(place.run("a.ts").stdout, "2\n");
});

test("bcc-ts is there for scripts that lie anywhere", () => {
  const uses = 'import { ipv4, type LoadOptions } from "bcc-ts";\nconsole.log(ipv4(0x0100007f));\n';
  const place = new Place({
    "typed.ts": `${uses}const o: LoadOptions = {};\nvoid o;\n`,
    "typed.mts": uses.replace(", type LoadOptions", ""),
    "plain.mjs": uses.replace(", type LoadOptions", ""),
  });
  for (const name of ["typed.ts", "typed.mts", "plain.mjs"]) {
    const { stdout, stderr } = place.run(name);
    assert.equal(stdout, "127.0.0.1\n", stderr);
  }
});

test("the copy that is installed beside a script goes before our own, from when it is installed", () => {
  const uses = 'import { mark } from "bcc-ts";\nconsole.log(mark);\n';
  const place = new Place({ "a.ts": uses, "a.mjs": uses });
  for (const name of ["a.ts", "a.mjs"]) assert.match(place.run(name).stderr, /does not provide an export/);
  const installed = join(place.directory, "node_modules", "bcc-ts");
  mkdirSync(installed, { recursive: true });
  writeFileSync(join(installed, "package.json"), '{ "type": "module", "exports": "./index.js" }');
  writeFileSync(join(installed, "index.js"), 'export const mark = "installed";');
  for (const name of ["a.ts", "a.mjs"]) {
    const { stdout, stderr } = place.run(name);
    assert.equal(stdout, "installed\n", stderr);
  }
});

test("scripts of several files run", () => {
  const place = new Place({
    "main.ts": 'import { twice } from "./part.ts";\nconsole.log(twice(21));',
    "lazy.ts": 'const { twice } = await import("./part.ts");\nconsole.log(twice(21));',
    "plain.mjs": 'import { twice } from "./part.ts";\nconsole.log(twice(21));',
    "part.ts": "export const twice = (n: number): number => 2 * n;",
  });
  for (const name of ["main.ts", "lazy.ts", "plain.mjs"]) {
    const { stdout, stderr } = place.run(name);
    assert.equal(stdout, "42\n", stderr);
  }
  place.write("part.ts", "export const twice = (n: number): number => n + n + 1;");
  assert.equal(place.run("main.ts").stdout, "43\n");
});

test("what is no TypeScript is told with its line", () => {
  const place = new Place({ "wrong.ts": "const a = 1;\nconst b: = 2;\n" });
  const { status, stderr } = place.run("wrong.ts");
  assert.notEqual(status, 0);
  assert.match(stderr, /wrong\.ts:2:\d+/);
});

test("a command line without options means what it means with them", () => {
  const place = new Place({ "words.ts": "console.log(JSON.stringify(process.argv.slice(2)));" });
  for (const words of [
    [],
    ["--"],
    ["a", "--vm"],
    ["--", "--dry-run"],
    ["--", "--", "x"],
    ["--vm"],
    ["run"],
  ]) {
    const bare = place.run("words.ts", ...words);
    const parsed = place.run("--format", "text", "words.ts", ...words);
    assert.equal(bare.status, 0, bare.stderr);
    assert.deepEqual(bare, parsed, words.join(" "));
  }
  const missing = [place.run("missing.ts"), place.run("--format", "text", "missing.ts")];
  assert.deepEqual(missing[0], missing[1]);
  assert.equal(missing[0]?.status, 2);
});
