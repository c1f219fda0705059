import assert from "node:assert/strict";
import os from "node:os";
import { test } from "node:test";
import { effectiveCapabilities, hasCapability } from "../../../src/ffi/capability-mask.ts";
import { checked, checkedErrno, lastErrno, syscallError } from "../../../src/ffi/errno.ts";
import { ERRNO, errnoName } from "../../../src/ffi/errno-table.ts";
import { libc } from "../../../src/ffi/libc.ts";

test("the table agrees with the system's", () => {
  for (const [name, number] of Object.entries(os.constants.errno)) {
    if (!(name in ERRNO)) continue;
    assert.equal(ERRNO[name as keyof typeof ERRNO], number, name);
  }
  assert.equal(errnoName(2), "ENOENT");
  assert.equal(errnoName(524), "ENOTSUPP");
  assert.equal(errnoName(9999), "E9999");
});

test("errno is read before anything changes it", () => {
  for (let i = 0; i < 5000; i++) {
    assert.equal(libc().close(-1), -1);
    assert.equal(lastErrno(), ERRNO.EBADF);
    assert.equal(libc().eventfd(0, -1), -1);
    assert.equal(lastErrno(), ERRNO.EINVAL);
  }
});

test("failed calls become typed errors", () => {
  assert.equal(checked("f", 7), 7);
  assert.throws(() => checked("open map", -2), {
    name: "SyscallError",
    message: "open map: ENOENT (2)",
    errno: 2,
    errnoName: "ENOENT",
  });
  assert.throws(() => checkedErrno("close", libc().close(-1)), { errnoName: "EBADF" });
});

test("a refusal is a missing capability only where it is missing", () => {
  const error = syscallError("update map", ERRNO.EPERM, { needs: "CAP_BPF" });
  assert.equal(error.name, hasCapability("CAP_BPF") ? "SyscallError" : "PermissionError");
  const mask = effectiveCapabilities("Name:\tx\nCapPrm:\t0\nCapEff:\t000000c000000000\n");
  assert.equal(mask, 0xc000000000n);
  assert.ok(hasCapability("CAP_BPF", mask));
  assert.ok(hasCapability("CAP_PERFMON", mask));
  assert.ok(!hasCapability("CAP_SYSLOG", mask));
  assert.ok(hasCapability("CAP_BPF", 1n << 21n), "CAP_SYS_ADMIN stands for CAP_BPF");
  assert.ok(!hasCapability("CAP_SYSLOG", 1n << 21n));
});
