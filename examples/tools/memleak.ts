// Shows memory that was allocated and not freed, by stack: of a process, or of the kernel.
//   bcc-ts run examples/tools/memleak.ts -- --help
import { Bpf, intervals, load, TracedCommand, usage } from "bcc-ts";

const options = usage(`memleak [options] [interval] [count]
  -p, --pid <number>          of this process; of the kernel unless told
  -c, --command <text>        of a command, which is started (words apart by blanks, no shell)
  -a, --show-allocs           with each address and size
  -o, --older <number>        only what is older than so many milliseconds; 500 unless told
  -s, --sample-rate <number>  only each so many-th allocation, on average
  -T, --top <number>          stacks to show; 10 unless told
  -z, --min-size <number>     only allocations of at least so many bytes
  -Z, --max-size <number>     only allocations of at most so many bytes
  -O, --obj <text>            the library with the functions; c unless told
  interval <number>           seconds between two outputs; 5 unless told
  count <number>              outputs
`);
const { obj: name = "c", top = 10, older = 500, interval = 5, maxSize: LARGEST = 2 ** 52 } = options;
using command = options.command === undefined ? undefined : await TracedCommand.start(options.command);
const pid = options.pid ?? command?.pid;
const defines = { COMMAND: command?.pid, SMALLEST: options.minSize, LARGEST, EACH: options.sampleRate };
using bpf = await load(
  `
u32 begun;
struct request { u64 size, place; };
struct allocation { u64 size, ts; int stack; };
BPF_HASH(requests, u32, struct request);
BPF_HASH(allocations, u64, struct allocation, 1000000);
BPF_STACK_TRACE(stacks, 10240);
static int keep(void *ctx, u64 address, u64 size, u64 flags)
{
	if ((COMMAND && !begun) || !address || size < SMALLEST || size > LARGEST || (EACH > 1 && bpf_get_prandom_u32() % EACH))
		return 0;
	struct allocation a = { .size = size, .ts = bpf_ktime_get_ns(), .stack = stacks.get_stackid(ctx, flags) };
	return allocations.update(&address, &a);
}
static int ask(u64 size, u64 place)
{
	u32 tid = bpf_get_current_pid_tgid();
	return requests.update(&tid, &(struct request){ .size = size, .place = place });
}
int on_return(struct pt_regs *ctx)
{
	u32 tid = bpf_get_current_pid_tgid();
	u64 address = PT_REGS_RC(ctx);
	struct request *request = requests.lookup(&tid);
	if (request && request->place && (address || bpf_probe_read_user(&address, 8, (void *)request->place)))
		address = 0; // posix_memalign() returns an error, and writes the address to a place.
	return request ? keep(ctx, address, request->size, BPF_F_USER_STACK) + requests.delete(&tid) : 0;
}
static int release(u64 address) { return allocations.delete(&address); }
int on_malloc(struct pt_regs *ctx, u64 size) { return ask(size, 0); }
int on_memalign(struct pt_regs *ctx, u64 alignment, u64 size) { return ask(size, 0); }
int on_calloc(struct pt_regs *ctx, u64 count, u64 size) { return ask(count * size, 0); }
int on_realloc(struct pt_regs *ctx, u64 old, u64 size) { return release(old) + ask(size, 0); }
int on_posix_memalign(struct pt_regs *ctx, u64 place, u64 alignment, u64 size) { return ask(size, place); }
int on_free(struct pt_regs *ctx, u64 address) { return release(address); }
TRACEPOINT_PROBE(sched, sched_process_exec) { return args->pid == COMMAND ? begun = 1 : 0; }
TRACEPOINT_PROBE(kmem, kmalloc) { return keep(args, (u64)args->ptr, args->bytes_alloc, 0); }
TRACEPOINT_PROBE(kmem, kmem_cache_alloc) { return keep(args, (u64)args->ptr, args->bytes_alloc, 0); }
TRACEPOINT_PROBE(kmem, mm_page_alloc) { return keep(args, args->pfn, 4096ull << args->order, 0); }
TRACEPOINT_PROBE(kmem, kfree) { return release((u64)args->ptr); }
TRACEPOINT_PROBE(kmem, kmem_cache_free) { return release((u64)args->ptr); }
TRACEPOINT_PROBE(kmem, mm_page_free) { return release(args->pfn); }
`,
  { attach: false, defines },
);
const FUNCTIONS = "malloc valloc calloc realloc memalign aligned_alloc posix_memalign";
const ALIKE: Readonly<Record<string, string>> = { valloc: "malloc", aligned_alloc: "memalign" };
for (const sym of pid === undefined ? [] : FUNCTIONS.split(" ")) {
  bpf.attachUprobe({ name, sym, pid, fnName: `on_${ALIKE[sym] ?? sym}` });
  bpf.attachUretprobe({ name, sym, pid, fnName: "on_return" });
}
if (pid !== undefined) bpf.attachUprobe({ name, sym: "free", pid, fnName: "on_free" });
for (const each of bpf.programs)
  if (pid === undefined && each.startsWith("tracepoint__kmem")) bpf.attach(each);
console.log(`Attaching to ${pid === undefined ? "kernel allocators" : `pid ${pid}`}, Ctrl+C to quit.`);
const ended = new AbortController();
command?.ended.then(() => ended.abort());
if (command !== undefined) bpf.attach("tracepoint__sched__sched_process_exec"); // What starts it is no part of it.
if (command !== undefined) bpf.rememberProcesses(pid);
command?.resume();
for await (const _ of intervals({ seconds: interval, count: options.count, signal: ended.signal })) {
  const youngest = Bpf.monotonicTime() - BigInt(ended.signal.aborted ? 0 : older * 1e6); // At the end all is lost.
  const stacks = new Map<number, { size: bigint; count: number }>();
  console.log(`[${new Date().toTimeString().slice(0, 8)}] Top ${top} stacks with outstanding allocations:`);
  for (const [address, { size, ts, stack }] of bpf.maps.allocations) {
    if (ts > youngest) continue;
    if (options.showAllocs) console.log(`\taddr = ${address.toString(16)} size = ${size}`);
    const sum = stacks.get(stack) ?? { size: 0n, count: 0 };
    stacks.set(stack, { size: sum.size + size, count: sum.count + 1 });
  }
  const largest = [...stacks].sort(([, a], [, b]) => Number(a.size - b.size)).slice(-top);
  for (const [id, { size, count }] of largest) {
    const frames = bpf.stack(bpf.maps.stacks, id, { showOffset: true, showModule: true, pid });
    console.log([`\t${size} bytes in ${count} allocations from stack`, ...frames].join("\n\t\t"));
  }
}
const end = ended.signal.aborted ? await command?.ended : undefined;
if (end !== undefined) console.log(`${options.command} has ended: ${end.signal ?? `status ${end.code}`}`);
