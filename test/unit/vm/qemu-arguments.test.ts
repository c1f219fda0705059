import assert from "node:assert/strict";
import { test } from "node:test";
import { type Machine, portNames, type QemuInput, qemuArguments } from "../../../src/vm/qemu-arguments.ts";

const machine: Machine = { accel: "tcg", cpus: 2, memoryMb: 768, writableSlots: 2, serviceSlots: 1 };
const input: QemuInput = {
  kernel: { name: "6.12", release: "6.12.0-test", directory: "/kernels/6.12" },
  machine,
  writable: ["/home/a,b"],
  emptyDirectory: "/empty",
  descriptors: { console: 3, ports: [4, 5, 6, 7, 8], initramfs: 9 },
};

/** The values that follow an option. */
function valuesOf(name: string, args = qemuArguments(input)): string[] {
  return args.filter((_, index) => args[index - 1] === name);
}

test("the machine's size", () => {
  assert.deepEqual([valuesOf("-smp"), valuesOf("-m")], [["2"], ["768M"]]);
});

test("the root is read-only, a used export writable, an unused one empty and read-only", () => {
  const options = "security_model=none";
  assert.deepEqual(valuesOf("-fsdev"), [
    `local,id=host,path=/,${options},readonly=on,multidevs=remap`,
    `local,id=writable0,path=/home/a,,b,${options},readonly=off,multidevs=remap`,
    `local,id=writable1,path=/empty,${options},readonly=on,multidevs=remap`,
  ]);
});

test("each port is an inherited descriptor with its number and name", () => {
  assert.deepEqual(portNames(machine), ["control", "stdin", "stdout", "stderr", "service0"]);
  const devices = valuesOf("-device").filter((device) => device.startsWith("virtserialport"));
  devices.forEach((device, index) => {
    assert.match(device, new RegExp(`nr=${index + 1},chardev=(\\w+),name=\\1$`));
  });
  assert.deepEqual(
    valuesOf("-chardev").map((chardev) => chardev.replace("socket,id=", "")),
    ["console,fd=3", "control,fd=4", "stdin,fd=5", "stdout,fd=6", "stderr,fd=7", "service0,fd=8"],
  );
});

test("a boot names the kernel, and tells the guest the number of ports", () => {
  assert.deepEqual(valuesOf("-kernel"), ["/kernels/6.12/vmlinux"]);
  assert.deepEqual(valuesOf("-initrd"), ["/dev/fd/9"]);
  assert.match(valuesOf("-append")[0] ?? "", / BCC_TS_PORTS=5$/);
  assert.deepEqual(valuesOf("-incoming"), []);
});

test("memory in a file is shared while it is saved and private when restored", () => {
  const saving = qemuArguments({ ...input, memoryFile: { path: "/s,t/memory", mode: "save" } });
  assert.match(valuesOf("-object", saving)[0] ?? "", /size=768M,mem-path=\/s,,t\/memory,share=on$/);
  const descriptors = { console: 3, ports: [4, 5, 6, 7, 8], qmp: 9 };
  const restoring = qemuArguments({ ...input, descriptors, memoryFile: { path: "/m", mode: "restore" } });
  assert.match(valuesOf("-object", restoring)[0] ?? "", /mem-path=\/m,share=off$/);
  assert.deepEqual([valuesOf("-incoming", restoring), valuesOf("-kernel", restoring)], [["defer"], []]);
});

test("acceleration", () => {
  assert.deepEqual(valuesOf("-accel"), ["tcg,thread=multi"]);
  const kvm = qemuArguments({ ...input, machine: { ...machine, accel: "kvm" } });
  assert.deepEqual([valuesOf("-accel", kvm), valuesOf("-cpu", kvm)], [["kvm"], ["host"]]);
});
