// biosnoop and biolatency of examples/tools, against reads at known places of a disk.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, realpathSync, rmSync, statSync } from "node:fs";
import { release } from "node:os";
import { basename, dirname, join } from "node:path";
import { test } from "node:test";
import { packageFile } from "../../src/package-root.ts";
import { needsFeature } from "./needs-feature.ts";
import { interrupt, rowsOf, startTools } from "./tool-process.ts";

test("biosnoop and biolatency show requests to a disk", async (t) => {
  if (!needsFeature(t, "raw tracepoints")) return;
  const source = provideSource();
  if (source === undefined) return t.skip("there is no disk that this test may read from");
  const { disk, path, sectorsKnown } = source;
  if (!sectorsKnown) t.after(() => rmSync(path));
  const [snoop, disks, flags] = await startTools(
    t,
    ["biosnoop", "-Q", "-P", "-d", disk],
    ["biolatency", "-D", "-d", disk, "-e"],
    ["biolatency", "-F", "-m", "-Q", "-d", disk],
  );
  const [first, size] = [sectorsKnown ? 1000 : 0, 8192];
  const read = spawnSync("dd", [
    `if=${path}`,
    "of=/dev/null",
    "iflag=direct",
    `bs=${size}`,
    "count=5",
    `skip=${first}`,
  ]);
  assert.equal(read.status, 0, read.stderr.toString());
  const mine = () => rowsOf(snoop).filter((row) => row[2] === String(read.pid) && Number(row[6]) === size);
  await snoop.until("five requests", () => mine().length >= 5);
  const rows = mine().map(([, comm, , name, kind, sector, bytes]) => [comm, name, kind, sector, bytes]);
  const sectors = Array.from({ length: 5 }, (_, i) => String(((first + i) * size) / 512));
  assert.deepEqual(
    rows.slice(0, 5),
    sectors.map((sector, i) => ["dd", disk, "R", sectorsKnown ? sector : rows[i]?.[3], String(size)]),
  );
  const byDisk = await interrupt(disks);
  assert.match(byDisk, new RegExp(`^disk = ${disk}\n +usecs +: count +distribution$`, "m"));
  const count = Number(/total: \d+ usecs, count: (\d+)/.exec(byDisk)?.[1]);
  const summed = [...byDisk.matchAll(/-> \d+ +: (\d+)/g)].reduce((sum, [, n]) => sum + Number(n), 0);
  // The total is read after the histogram, and the disk may have other users.
  assert.ok(summed >= 5 && count >= summed, byDisk);
  assert.match(await interrupt(flags), /^flags = (\w+-)*Read\n +msecs/m);
});

interface Source {
  readonly disk: string;
  readonly path: string;
  /** False for a file, which may lie anywhere on its disk. */
  readonly sectorsKnown: boolean;
}

/** In a guest a disk of the kernel's own, elsewhere a file on the machine's disk. */
function provideSource(): Source | undefined {
  if (process.env.BCC_TS_TEST_GUEST !== undefined) return nullDisk();
  const directory = "/var/tmp";
  const { dev } = statSync(directory);
  // A kernel's dev_t as the C library spreads it.
  const [major, minor] = [(dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & 0xfff00)];
  if (!existsSync(`/sys/dev/block/${major}:${minor}`)) return undefined;
  const place = realpathSync(`/sys/dev/block/${major}:${minor}`);
  const disk = basename(existsSync(join(place, "partition")) ? dirname(place) : place);
  const path = join(directory, `bcc-ts-block-${process.pid}`);
  const written = spawnSync("dd", ["if=/dev/urandom", `of=${path}`, "bs=8192", "count=5", "conv=fsync,excl"]);
  return written.status === 0 ? { disk, path, sectorsKnown: false } : undefined;
}

function nullDisk(): Source | undefined {
  const [disk, path] = ["nullb0", "/dev/nullb0"];
  const kernel = release().split(".").slice(0, 2).join(".");
  for (const words of [["configfs"], ["null_blk", "nr_devices=1", "irqmode=0", "gb=1"]]) {
    if (existsSync(path)) break;
    const [name, ...parameters] = words;
    const file = packageFile("vendor", "kernels", kernel, "modules", `${name}.ko`);
    spawnSync("busybox", ["insmod", file, ...parameters], { stdio: "inherit" });
  }
  return existsSync(path) ? { disk, path, sectorsKnown: true } : undefined;
}
