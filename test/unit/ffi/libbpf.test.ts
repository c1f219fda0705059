import assert from "node:assert/strict";
import { test } from "node:test";
import { lastErrno } from "../../../src/ffi/errno.ts";
import { ERRNO } from "../../../src/ffi/errno-table.ts";
import { libbpf } from "../../../src/ffi/libbpf.ts";
import { withLibbpfMessages } from "../../../src/ffi/libbpf-messages.ts";
import { readCString } from "../../../src/ffi/library.ts";
import { NativeBuffer } from "../../../src/ffi/native-buffer.ts";

test("libbpf is version 1 and says so", () => {
  assert.equal(libbpf().libbpf_major_version(), 1);
  assert.match(readCString(libbpf().libbpf_version_string()), /^v1\.\d+/);
});

test("every declared function exists in the installed libbpf", () => {
  for (const name of Object.keys(libbpf())) {
    assert.equal(typeof libbpf()[name as keyof ReturnType<typeof libbpf>], "function", name);
  }
});

test("libbpf's messages are captured where they are asked for, and only there", () => {
  const nonsense = NativeBuffer.from(new TextEncoder().encode("not an ELF file, really, but long".repeat(4)));
  const open = () => {
    const object = libbpf().bpf_object__open_mem(nonsense.address, nonsense.length, 0);
    return { object, errno: lastErrno() };
  };
  const { result, messages } = withLibbpfMessages(open);
  assert.equal(result.object, 0);
  assert.ok(result.errno > 0 && result.errno <= 4100, `errno ${result.errno}`);
  assert.ok(messages.length > 0);
  assert.match(messages.join("\n"), /libbpf: .*(ELF|elf)/);
  const before = messages.length;
  assert.equal(open().object, 0);
  assert.equal(messages.length, before);
});

test("messages of nested captures stay apart, and an exception ends a capture", () => {
  const fail = () => libbpf().bpf_object__open_mem(NativeBuffer.alloc(64).address, 64, 0);
  const outer = withLibbpfMessages(() => {
    const inner = withLibbpfMessages(fail);
    assert.throws(() =>
      withLibbpfMessages(() => {
        throw new Error("x");
      }),
    );
    fail();
    return inner.messages.length;
  });
  assert.ok(outer.result > 0);
  assert.equal(outer.messages.length, outer.result);
  assert.equal(lastErrno() === ERRNO.EPERM, false);
});
