// memleak and sslsniff of examples/tools, against what a child and this process do.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { connect, createServer, type TLSSocket } from "node:tls";
import { Bpf } from "bcc-ts";
import { TestProcess } from "../cli-process.ts";
import { temporaryDirectory } from "../temporary-directory.ts";
import { needsFeature } from "./needs-feature.ts";
import { interrupt, startTool } from "./tool-process.ts";

const directory = temporaryDirectory("uprobes");

/** Allocates 20 blocks of 77777 bytes and frees 8 of them, and one each in other ways; then it waits. */
const LEAKING = `
import ctypes, sys
c = ctypes.CDLL(None)
for name in ("malloc", "calloc", "realloc", "memalign"): getattr(c, name).restype = ctypes.c_void_p
c.free.argtypes = [ctypes.c_void_p]
c.realloc.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
print("ready", flush=True); sys.stdin.readline()
blocks = [c.malloc(77777) for _ in range(20)]
for block in blocks[:8]: c.free(block)
c.calloc(7, 11111)
c.realloc(blocks[19], 77779)
c.memalign(64, 77778)
place = ctypes.c_void_p()
c.posix_memalign(ctypes.byref(place), 64, 77776)
print("done", flush=True); sys.stdin.readline()
`;

test("memleak shows what a process has not freed", async (t) => {
  if (!needsFeature(t, "uprobes")) return;
  if (spawnSync("python3", ["-c", "import ctypes"]).status !== 0) return t.skip("there is no python3");
  using child = new TestProcess("python3", ["-c", LEAKING]);
  await child.until("ready", () => child.lines.length > 0);
  using tool = await startTool("memleak", "-p", child.pid, "-a", "-o", 0, "-z", 77776, "-Z", 77779, 3600);
  child.child.stdin?.write("\n");
  await child.until("its allocations", () => child.lines.includes("done"));
  const text = await interrupt(tool);
  const sizes = [...text.matchAll(/^\taddr = [\da-f]+ size = (\d+)$/gm)].map(([, size]) => Number(size));
  // Eleven of malloc are left, since realloc moved one; calloc's is 77777, too.
  const expected = [77776, ...Array.from({ length: 12 }, () => 77777), 77778, 77779];
  assert.deepEqual(sizes.sort(), expected);
  const sums = [...text.matchAll(/^\t(\d+) bytes in (\d+) allocations from stack$/gm)];
  assert.equal(
    sums.reduce((sum, [, bytes]) => sum + Number(bytes), 0),
    expected.reduce((a, b) => a + b),
  );
  assert.equal(
    sums.reduce((sum, [, , count]) => sum + Number(count), 0),
    expected.length,
  );
});

const ENDING = `
#include <stdlib.h>
__attribute__((noinline)) void *leaky(int size) { void *p = malloc(size); __asm__ volatile("" : : "r"(p)); return p; }
int main(void) { for (int i = 0; i < 3; i++) leaky(77000 + i); free(leaky(77)); return 3; }
`;

test("memleak shows what a command that ends at once has not freed", async (t) => {
  if (!needsFeature(t, "uprobes") || !needsFeature(t, "tracepoints")) return;
  const path = join(directory, "ending");
  const words = ["-O1", "-fno-omit-frame-pointer", "-x", "c", "-", "-o", path];
  if (spawnSync("cc", words, { input: ENDING }).status !== 0) return t.skip("there is no C compiler");
  using tool = await startTool("memleak", "-c", path, 3600);
  const { stdout, stderr, status } = await tool.end();
  assert.deepEqual([status, stderr], [0, ""]);
  const text = stdout.toString();
  const blocks = [
    ...text.matchAll(/^\t(\d+) bytes in 1 allocations from stack\n\t\tleaky\+\S+ \[ending\]$/gm),
  ];
  assert.deepEqual(
    blocks.map(([, size]) => Number(size)),
    [77000, 77001, 77002],
  );
  assert.equal([...text.matchAll(/allocations from stack/g)].length, 3, text);
  assert.match(text, / has ended: status 3$/m);
});

test("sslsniff shows what goes through TLS", async (t) => {
  if (!needsFeature(t, "uprobes")) return;
  const functions = functionsOf(process.execPath, "SSL_(read|write)$");
  if (functions.length < 2) return t.skip("this node does not export OpenSSL's functions");
  using tool = await startTool(
    "sslsniff",
    "-p",
    process.pid,
    "-x",
    "--extra-lib",
    `openssl:${process.execPath}`,
  );
  // Without certificates: both ends know a key.
  const psk = Buffer.alloc(32, 7);
  const common = { ciphers: "PSK", maxVersion: "TLSv1.2" as const };
  const server = createServer(
    { ...common, pskCallback: () => psk, pskIdentityHint: "" },
    (socket: TLSSocket) => {
      socket.on("data", (data) => socket.end(`answer to ${data}`));
    },
  );
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as { port: number };
  const checkServerIdentity = () => undefined;
  const pskCallback = () => ({ psk, identity: "test" });
  const socket = connect({ ...common, host: "127.0.0.1", port, pskCallback, checkServerIdentity });
  await once(socket, "secureConnect");
  socket.write("question");
  const [answer] = (await once(socket, "data")) as [Buffer];
  assert.equal(answer.toString(), "answer to question");
  await once(socket, "close");
  server.close();
  const calls = () => [
    ...tool.lines
      .join("\n")
      .matchAll(/^(READ|WRITE)\S+ .* (\d+) +0 +\d+ *\n----- DATA -----\n(.*)\n----- END DATA -----$/gm),
  ];
  await tool.until("the answer's arrival", () => calls().length >= 4);
  assert.deepEqual(
    calls()
      .map(([, kind, length, data]) => [kind, Number(length), data])
      .sort(),
    [
      ["READ", 18, "answer to question"],
      ["READ", 8, "question"],
      ["WRITE", 18, "answer to question"],
      ["WRITE", 8, "question"],
    ],
  );
});

function functionsOf(path: string, pattern: string): readonly unknown[] {
  try {
    return Bpf.getUserFunctions(path, pattern);
  } catch {
    return [];
  }
}
