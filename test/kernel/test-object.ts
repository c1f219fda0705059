import { Btf } from "../../src/btf/btf.ts";
import { elfSection } from "../../src/btf/elf.ts";
import { checked } from "../../src/ffi/errno.ts";
import { libbpf } from "../../src/ffi/libbpf.ts";
import { withLibbpfMessages } from "../../src/ffi/libbpf-messages.ts";
import { closeFd } from "../../src/ffi/libc.ts";
import { readCString } from "../../src/ffi/library.ts";
import { cString, NativeBuffer } from "../../src/ffi/native-buffer.ts";
import type { MapHandle } from "../../src/maps/map-handle.ts";
import { compileOnce } from "../compile-once.ts";

/** What the tests' programs need of the kernel, in the fewest words. */
const PRELUDE = `
typedef unsigned char u8; typedef unsigned short u16; typedef unsigned int u32; typedef unsigned long long u64;
#define SEC(name) __attribute__((section(name), used))
#define __uint(name, val) int (*name)[val]
#define __type(name, val) typeof(val) *name
static void *(*bpf_map_lookup_elem)(void *, const void *) = (void *)1;
static long (*bpf_map_update_elem)(void *, const void *, const void *, u64) = (void *)2;
static long (*bpf_map_delete_elem)(void *, const void *) = (void *)3;
static u64 (*bpf_ktime_get_ns)(void) = (void *)5;
static u64 (*bpf_get_current_pid_tgid)(void) = (void *)14;
static u32 (*bpf_get_smp_processor_id)(void) = (void *)8;
static long (*bpf_perf_event_output)(void *, void *, u64, void *, u64) = (void *)25;
static long (*bpf_trace_printk)(const char *, u32, ...) = (void *)6;
static long (*bpf_ringbuf_output)(void *, void *, u64, u64) = (void *)130;
static void *(*bpf_ringbuf_reserve)(void *, u64, u64) = (void *)131;
static void (*bpf_ringbuf_submit)(void *, u64) = (void *)132;
static void (*bpf_ringbuf_discard)(void *, u64) = (void *)133;
static long (*bpf_loop)(u32, void *, void *, u64) = (void *)181;
char _license[] SEC("license") = "GPL";
`;

const RUN_ON_CPU = 1;

/** Raw tracepoint programs and maps of a C text, in the kernel. The programs run when told. */
export class TestObject {
  readonly btf: Btf;
  readonly maps = new Map<string, MapHandle>();
  private readonly programs = new Map<string, number>();
  private readonly object: number;

  constructor(text: string) {
    const bytes = compileOnce({ directory: "/", files: [], text: PRELUDE + text });
    this.btf = Btf.parse(elfSection(bytes, ".BTF") as Uint8Array);
    const memory = NativeBuffer.from(bytes);
    this.object = libbpf().bpf_object__open_mem(memory.address, memory.length, 0);
    if (this.object === 0) throw new Error("libbpf does not open the object");
    const { result, messages } = withLibbpfMessages(() => libbpf().bpf_object__load(this.object));
    if (result < 0) throw new Error(messages.join("\n"));
    this.readPrograms();
    this.readMaps();
  }

  map(name: string): MapHandle {
    const map = this.maps.get(name);
    if (map === undefined) throw new Error(`no map ${name}`);
    return map;
  }

  /** The id of a struct or typedef of the text. */
  type(name: string): number {
    const id = this.btf.find(["struct", "typedef"], name);
    if (id === undefined) throw new Error(`no type ${name}`);
    return id;
  }

  /**
   * Runs a program, which finds `words` in ctx[0], ctx[1]..., and gives what it returned. On a CPU that is
   * told it may run within any task, else within this one.
   */
  run(name: string, words: readonly bigint[] = [], cpu?: number): number {
    const context = NativeBuffer.alloc(96);
    for (const [index, word] of words.entries()) context.view.setBigUint64(index * 8, word, true);
    const options = NativeBuffer.alloc(80);
    options.setPointer(0, 80);
    options.setPointer(32, context.address);
    options.view.setUint32(48, context.length, true);
    options.view.setUint32(68, cpu === undefined ? 0 : RUN_ON_CPU, true);
    options.view.setUint32(72, cpu ?? 0, true);
    const fd = this.programs.get(name) ?? -1;
    checked("bpf_prog_test_run", libbpf().bpf_prog_test_run_opts(fd, options.address));
    return options.view.getUint32(56, true);
  }

  /** Runs a program at each hit of a tracepoint. Gives the way to end that. */
  attachRawTracepoint(program: string, tracepoint: string): () => void {
    const name = cString(tracepoint);
    const fd = checked(
      "attach",
      libbpf().bpf_raw_tracepoint_open(name.address, this.programs.get(program) ?? -1),
    );
    return () => closeFd(fd);
  }

  close(): void {
    libbpf().bpf_object__close(this.object);
  }

  private readPrograms(): void {
    const api = libbpf();
    for (let at = api.bpf_object__next_program(this.object, 0); at !== 0; ) {
      this.programs.set(readCString(api.bpf_program__name(at)), api.bpf_program__fd(at));
      at = api.bpf_object__next_program(this.object, at);
    }
  }

  private readMaps(): void {
    const api = libbpf();
    for (let at = api.bpf_object__next_map(this.object, 0); at !== 0; ) {
      const name = readCString(api.bpf_map__name(at));
      this.maps.set(name, {
        name,
        fd: api.bpf_map__fd(at),
        type: api.bpf_map__type(at),
        keySize: api.bpf_map__key_size(at),
        valueSize: api.bpf_map__value_size(at),
        maxEntries: api.bpf_map__max_entries(at),
        flags: api.bpf_map__map_flags(at),
        keyTypeId: api.bpf_map__btf_key_type_id(at),
        valueTypeId: api.bpf_map__btf_value_type_id(at),
      });
      at = api.bpf_object__next_map(this.object, at);
    }
  }
}
