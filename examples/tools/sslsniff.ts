// Shows what programs send and receive through TLS, before it is encrypted and after it is decrypted.
//   bcc-ts run examples/tools/sslsniff.ts -- --help
import { Bpf, load, table, usage } from "bcc-ts";

const options = usage(`sslsniff [options]
  -p, --pid <number>              of this process only
  -u, --uid <user>                of this user only
  -x, --extra                     with user and thread
  -c, --comm <text>               of programs of this name only
      --hexdump                   data as hexadecimal digits
      --max-buffer-size <number>  bytes of data to show, up to 8192
  -l, --latency                   with the milliseconds that the call took
      --handshake                 OpenSSL's handshakes, too
      --extra-lib <texts>         another library: openssl:/path/libssl.so, gnutls:..., nss:...
`);
const { pid, uid: ONLY_UID = -1, maxBufferSize = 8192 } = options;

using bpf = await load(
  `
struct call { u64 buffer, done, start; };
struct head { u64 ts, latency; u32 pid, tid, uid, kind, length, kept; char comm[TASK_COMM_LEN]; };
struct data { struct head head; u8 bytes[8192]; };
BPF_HASH(calls, u32, struct call);
BPF_RINGBUF_OUTPUT(events, 1024);

static int enter(u64 buffer, u64 done)
{
	struct call call = { .buffer = buffer, .done = done, .start = bpf_ktime_get_ns() };
	u64 id = bpf_get_current_pid_tgid();
	u32 tid = id, uid = bpf_get_current_uid_gid();
	return (ONLY_PID && id >> 32 != ONLY_PID) || (ONLY_UID != -1 && uid != ONLY_UID) ? 0 : calls.update(&tid, &call);
}

static int leave(int result, u32 kind)
{
	u64 id = bpf_get_current_pid_tgid(), length = result, now = bpf_ktime_get_ns();
	u32 tid = id;
	struct call *call = calls.lookup(&tid);
	// The functions that end in _ex return only success; they write the number of bytes to a place.
	if (call && call->done && result == 1)
		bpf_probe_read_user(&length, sizeof(length), (void *)call->done);
	struct data *e = call && result > 0 ? events.ringbuf_reserve(sizeof(struct data)) : 0;
	if (e) {
		u32 kept = kind == 2 ? 0 : length < MOST ? length : MOST, uid = bpf_get_current_uid_gid();
		struct head head = { .ts = now, .pid = id >> 32, .tid = id, .uid = uid, .kind = kind, .length = length };
		head.latency = now - call->start;
		head.kept = bpf_probe_read_user(e->bytes, kept, (void *)call->buffer) ? 0 : kept;
		bpf_get_current_comm(&head.comm, sizeof(head.comm));
		e->head = head;
		events.ringbuf_submit(e, 0);
	}
	return calls.delete(&tid);
}
int on_call(struct pt_regs *ctx, void *session, u64 buffer) { return enter(buffer, 0); }
int on_call_ex(struct pt_regs *ctx, void *session, u64 buffer, u64 length, u64 done) { return enter(buffer, done); }
int after_read(struct pt_regs *ctx) { return leave(PT_REGS_RC(ctx), 0); }
int after_write(struct pt_regs *ctx) { return leave(PT_REGS_RC(ctx), 1); }
int after_handshake(struct pt_regs *ctx) { return leave(PT_REGS_RC(ctx), 2); }
`,
  { defines: { ONLY_PID: pid, ONLY_UID, MOST: Math.min(maxBufferSize, 8192) } },
);
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  openssl: ["ssl", "SSL_read", "SSL_write", "SSL_read_ex", "SSL_write_ex"],
  gnutls: ["gnutls", "gnutls_record_recv", "gnutls_record_send"],
  nss: ["nspr4", "PR_Read", "PR_Recv", "PR_Write", "PR_Send"],
};
const path = (name = "") => Bpf.findLibrary(name) ?? "";
const installed = Object.entries(LIBRARIES).map(([kind, [name]]) => `${kind}:${path(name)}`);
for (const [kind = "", name = ""] of [...installed, ...(options.extraLib ?? [])].map((s) => s.split(":"))) {
  const [, ...functions] = LIBRARIES[kind] ?? [];
  if (options.handshake && kind === "openssl") functions.push("SSL_do_handshake");
  for (const sym of name === "" ? [] : functions) {
    const way = /handshake/.test(sym) ? "handshake" : /read|recv/i.test(sym) ? "read" : "write";
    bpf.attachUprobe({ name, sym, pid, fnName: sym.endsWith("_ex") ? "on_call_ex" : "on_call" });
    bpf.attachUretprobe({ name, sym, pid, fnName: `after_${way}` });
  }
}
const { header, row } = table({
  call: ["FUNC", "%-12s "],
  seconds: ["TIME(s)", "%-18.9f "],
  comm: ["COMM", "%-16s "],
  pid: ["PID", "%-7d "],
  length: ["LEN", "%-7d"],
  uid: ["UID", " %-7d", options.extra],
  tid: ["TID", " %-7d", options.extra],
  latency: ["LAT(ms)", " %-7.3f", options.latency],
});
console.log(header);
const CALLS = ["READ/RECV", "WRITE/SEND", "HANDSHAKE"];
let first = 0n;
for await (const { head, bytes } of bpf.rings.events) {
  if (head.comm !== (options.comm ?? head.comm)) continue;
  first ||= head.ts;
  const times = { seconds: Number(head.ts - first) / 1e9, latency: Number(head.latency) / 1e6 };
  console.log(row({ ...head, ...times, call: CALLS[head.kind] }));
  const data = Buffer.from(bytes.subarray(0, head.kept));
  const text = options.hexdump ? data.toString("hex").replace(/.{32}(?=.)/g, "$&\n") : data.toString();
  const lost = head.length > head.kept ? ` (TRUNCATED, ${head.length - head.kept} bytes lost)` : "";
  if (head.kept > 0) console.log(`----- DATA -----\n${text}\n----- END DATA${lost} -----\n`);
}
