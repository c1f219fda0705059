import { join } from "node:path";
import type { GuestKernel } from "./kernel-directory.ts";

/** The emulated machine. All of it belongs to the identity of a saved state. */
export interface Machine {
  readonly accel: "kvm" | "tcg";
  readonly cpus: number;
  readonly memoryMb: number;
  /** Number of writable exports, used or not: a restored machine must have the devices of the saved one. */
  readonly writableSlots: number;
  readonly serviceSlots: number;
}

/** Where the guest's memory lies in a file, and what is done with it. */
export interface MemoryFile {
  readonly path: string;
  readonly mode: "save" | "restore";
}

export interface QemuInput {
  readonly kernel: GuestKernel;
  readonly machine: Machine;
  /** Host directories for the first writable exports. */
  readonly writable: readonly string[];
  /** What an unused writable export shows, read-only. */
  readonly emptyDirectory: string;
  /** Inherited file descriptors. */
  readonly descriptors: {
    readonly console: number;
    /** One for each name of `portNames`. */
    readonly ports: readonly number[];
    /** An open initial file system, for a boot. */
    readonly initramfs?: number;
    /** QEMU's control protocol, to save or restore a state. */
    readonly qmp?: number;
  };
  readonly memoryFile?: MemoryFile;
}

// What each word saves or permits: quiet consoles and skipped self-tests are time; nokaslr and no5lvl are for PVH.
const KERNEL_COMMAND_LINE = [
  "console=ttyS0 quiet loglevel=4 panic=-1 reboot=t rdinit=/init",
  "mitigations=off nokaslr no5lvl audit=0 selinux=0 apparmor=0 lsm=bpf",
  "tsc=reliable random.trust_cpu=on cryptomgr.notests noreplace-smp rcupdate.rcu_expedited=1",
].join(" ");

/** The names of a machine's serial ports, in the order of their numbers. */
export function portNames(machine: Machine): string[] {
  const services = Array.from({ length: machine.serviceSlots }, (_, slot) => `service${slot}`);
  return ["control", "stdin", "stdout", "stderr", ...services];
}

/** QEMU's arguments, without the program. */
export function qemuArguments(input: QemuInput): string[] {
  const { machine, descriptors } = input;
  return [
    ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-name", "bcc-ts"],
    ...["-machine", `q35,vmport=off${input.memoryFile ? ",memory-backend=memory" : ""}`],
    ...acceleration(machine),
    ...["-smp", String(machine.cpus), "-m", `${machine.memoryMb}M`],
    ...memory(input),
    ...boot(input),
    // A new identity at each start makes the restored kernel reseed its random numbers.
    ...["-device", "vmgenid,guid=auto"],
    ...["-chardev", `socket,id=console,fd=${descriptors.console}`, "-serial", "chardev:console"],
    ...ports(input),
    ...exports(input),
    ...(descriptors.qmp === undefined
      ? []
      : ["-chardev", `socket,id=qmp,fd=${descriptors.qmp}`, "-mon", "chardev=qmp,mode=control"]),
    ...(input.memoryFile?.mode === "restore" ? ["-incoming", "defer"] : []),
  ];
}

// A restored guest has its kernel in memory.
function boot({ kernel, machine, descriptors }: QemuInput): string[] {
  if (descriptors.initramfs === undefined) return [];
  return [
    ...["-kernel", join(kernel.directory, "vmlinux")],
    ...["-initrd", `/dev/fd/${descriptors.initramfs}`],
    ...["-append", `${KERNEL_COMMAND_LINE} BCC_TS_PORTS=${portNames(machine).length}`],
  ];
}

function acceleration(machine: Machine): string[] {
  return machine.accel === "kvm"
    ? ["-accel", "kvm", "-cpu", "host"]
    : ["-accel", "tcg,thread=multi", "-cpu", "max,la57=off"];
}

function memory(input: QemuInput): string[] {
  const file = input.memoryFile;
  if (!file) return [];
  // Restored guests share the file's pages and keep what they write to themselves.
  const share = file.mode === "save" ? "on" : "off";
  const size = `${input.machine.memoryMb}M`;
  return [
    ...[
      "-object",
      `memory-backend-file,id=memory,size=${size},mem-path=${escapeComma(file.path)},share=${share}`,
    ],
  ];
}

function ports(input: QemuInput): string[] {
  const devices = portNames(input.machine).flatMap((name, index) => [
    ...["-chardev", `socket,id=${name},fd=${input.descriptors.ports[index]}`],
    ...["-device", `virtserialport,bus=ports.0,nr=${index + 1},chardev=${name},name=${name}`],
  ]);
  return ["-device", "virtio-serial-pci,id=ports,max_ports=16", ...devices];
}

function exports(input: QemuInput): string[] {
  const slots = Array.from({ length: input.machine.writableSlots }, (_, slot) => {
    const path = input.writable[slot];
    return path === undefined
      ? share(`writable${slot}`, input.emptyDirectory, "on")
      : share(`writable${slot}`, path, "off");
  });
  return [...share("host", "/", "on"), ...slots.flat()];
}

function share(tag: string, path: string, readonly: "on" | "off"): string[] {
  const options = `path=${escapeComma(path)},security_model=none,readonly=${readonly},multidevs=remap`;
  return ["-fsdev", `local,id=${tag},${options}`, "-device", `virtio-9p-pci,fsdev=${tag},mount_tag=${tag}`];
}

// In QEMU's option lists a comma ends a value unless it is doubled.
function escapeComma(value: string): string {
  return value.replaceAll(",", ",,");
}
