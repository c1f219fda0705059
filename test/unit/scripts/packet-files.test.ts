// Files of packets: what is in them, and what is not written to.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PacketFiles } from "../../../src/scripts/packet-files.ts";
import { temporaryDirectory } from "../../temporary-directory.ts";

const directory = temporaryDirectory("packets");

const HEADER = "4d3cb2a1" + "02000400" + "00000000" + "00000000" + "00000400" + "65000000";

test("a file has a head, and a packet its time in seconds and nanoseconds", () => {
  const path = join(directory, "one.pcap");
  writeFileSync(path, "what was there before");
  const files = new PacketFiles([path, path]);
  files.write(path, 5_000_000_007n, Uint8Array.of(0x45, 1, 2));
  files.write("another", 0n, new Uint8Array());
  files.close();
  const packet = "05000000" + "07000000" + "03000000" + "03000000" + "450102";
  assert.equal(readFileSync(path).toString("hex"), HEADER + packet);
});

test("a new file is nobody else's to read", () => {
  const path = join(directory, "new.pcap");
  new PacketFiles([path]).close();
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test("links and what is no plain file are refused", () => {
  const [target, link, pipe] = ["target", "link", "pipe"].map((name) => join(directory, name));
  writeFileSync(target as string, "kept");
  symlinkSync(target as string, link as string);
  execFileSync("mkfifo", [pipe as string]);
  const refused = (path = "") => ({ code: "SCRIPT_FILE", message: new RegExp(`cannot write to ${path}: `) });
  assert.throws(() => new PacketFiles([link as string]), refused(link));
  assert.throws(() => new PacketFiles([pipe as string]), refused(pipe));
  assert.throws(() => new PacketFiles([join(directory, "no", "such")]), /ENOENT/);
  assert.equal(readFileSync(target as string, "utf8"), "kept");
});
