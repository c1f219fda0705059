/** Directories of headers that the kernel has, and those of the C library. */
const DIRECTORIES = new Set(
  `acpi asm asm-generic block bpf crypto cxl drm dt-bindings fs generated keys kernel kunit kvm linux lib math-emu
  media memory misc mm net pcmcia ras rdma rv scsi security soc sound target trace uapi ufs vdso video xen
  arpa bits gnu netinet netipx netpacket rpc sys`.split(/\s+/),
);

const FILES = new Set(
  `vmlinux ctype endian errno fcntl float inttypes limits math netdb poll pthread pwd sched signal stdarg stdbool
  stddef stdint stdio stdlib string strings syscall termios time unistd wchar`.split(/\s+/),
);

/**
 * Whether all that a script can want of a header is known without reading it: the kernel's types come from its BTF.
 * No file of C is read, so others bring nothing.
 */
export function isKnownHeader(path: string): boolean {
  const parts = path.split("/").filter((part) => part !== ".." && part !== ".");
  const [first = ""] = parts;
  return parts.length > 1 ? DIRECTORIES.has(first) : FILES.has(first.replace(/\.h$/, ""));
}
