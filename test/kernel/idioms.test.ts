// Whole programs as bcc's users write them (test/cases/idioms): loaded, and attached by their names and as the lines
// at their beginning say.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Bpf, load, PerfSWConfig, PerfType } from "../../src/index.ts";
import { packageFile } from "../../src/package-root.ts";
import { needsFeature } from "./needs-feature.ts";

const DIRECTORY = packageFile("test", "cases", "idioms");

type Attach = (bpf: Bpf, place: string, fnName: string) => unknown;

const ATTACH: Readonly<Record<string, Attach>> = {
  kprobe: (bpf, event, fnName) => bpf.attachKprobe({ event, fnName }),
  kretprobe: (bpf, event, fnName) => bpf.attachKretprobe({ event, fnName }),
  uprobe: (bpf, place, fnName) => bpf.attachUprobe({ ...userFunction(place), fnName }),
  uretprobe: (bpf, place, fnName) => bpf.attachUretprobe({ ...userFunction(place), fnName }),
  "perf-event": (bpf, frequency, fnName) =>
    bpf.attachPerfEvent({
      type: PerfType.SOFTWARE,
      config: PerfSWConfig.CPU_CLOCK,
      sampleFreq: Number(frequency),
      fnName,
    }),
};

function userFunction(place: string): { name: string; sym: string } {
  const [name = "", sym = ""] = place.split(":");
  return { name, sym };
}

for (const file of readdirSync(DIRECTORY)) {
  test(file, async (t) => {
    const text = readFileSync(join(DIRECTORY, file), "utf8");
    using bpf = await load<Record<string, never>>(text, { name: file, attach: false, onLost: () => {} });
    const lines = [...text.matchAll(/^\/\/ ([\w-]+) (\S+) (\w+)$/gm)];
    const wantsKprobes = lines.some(([, kind]) => kind?.endsWith("probe") && !kind.startsWith("u"));
    if ((wantsKprobes || /^int kprobe__/m.test(text)) && !needsFeature(t, "kprobes")) return;
    const named = [...bpf.programs].filter((name) => /^(?:kprobe|kretprobe|tracepoint)__/.test(name));
    for (const name of named) bpf.attach(name);
    for (const [, kind = "", place = "", name = ""] of lines) {
      const attach = ATTACH[kind];
      assert.ok(attach, `${kind} is known`);
      attach(bpf, place, name);
    }
    assert.equal(bpf.stats().links.length, named.length + lines.length);
  });
}
