// Shows what programs send and receive through TLS, before it is encrypted and after it is decrypted.
//   bcc-ts run examples/tools/sslsniff.ts -- --help
import { Bpf, load, table, usage } from "bcc-ts";

const options = usage(`sslsniff [options]

  -p, --pid <number>              of this process only
  -u, --uid <user>                of this user only
  -x, --extra                     with user and thread
  -c, --comm <text>               of programs of this name only
  -o, --no-openssl                not OpenSSL's calls
  -g, --no-gnutls                 not GnuTLS's calls
  -n, --no-nss                    not NSS's calls
      --hexdump                   data as hexadecimal digits
      --max-buffer-size <number>  bytes of data to show, up to 8192
  -l, --latency                   with the milliseconds that the call took
      --handshake                 OpenSSL's handshakes, too
      --extra-lib <texts>         another library: openssl:/path/libssl.so, gnutls:..., nss:...
`);

using bpf = await load(
  `
struct call { u64 buffer, done, start; };
struct data { u64 ts, latency; u32 pid, tid, uid, kind, length, kept; char comm[TASK_COMM_LEN]; u8 bytes[8192]; };
BPF_HASH(calls, u32, struct call);
BPF_RINGBUF_OUTPUT(events, 1024);

static int enter(u64 buffer, u64 done)
{
	u64 id = bpf_get_current_pid_tgid();
	u32 tid = id, uid = bpf_get_current_uid_gid();
	struct call call = { .buffer = buffer, .done = done, .start = bpf_ktime_get_ns() };
	if ((!ONLY_PID || id >> 32 == ONLY_PID) && (ONLY_UID == -1 || uid == ONLY_UID))
		calls.update(&tid, &call);
	return 0;
}

static int leave(int result, u32 kind)
{
	u64 length = result;
	u32 tid = bpf_get_current_pid_tgid();
	struct call *call = calls.lookup(&tid);
	// The functions that end in _ex return only success; they write the number of bytes to a place.
	if (call && call->done && result == 1)
		bpf_probe_read_user(&length, sizeof(length), (void *)call->done);
	struct data *e = call && result > 0 ? events.ringbuf_reserve(sizeof(struct data)) : 0;
	if (e) {
		e->ts = bpf_ktime_get_ns();
		e->latency = e->ts - call->start;
		e->pid = bpf_get_current_pid_tgid() >> 32;
		e->tid = tid;
		e->uid = bpf_get_current_uid_gid();
		e->kind = kind;
		e->length = length;
		bpf_get_current_comm(&e->comm, sizeof(e->comm));
		u32 kept = kind == 2 ? 0 : length < MOST ? length : MOST;
		e->kept = bpf_probe_read_user(e->bytes, kept, (void *)call->buffer) ? 0 : kept;
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
  {
    defines: {
      ONLY_PID: options.pid,
      ONLY_UID: options.uid ?? -1,
      MOST: Math.min(options.maxBufferSize ?? 8192, 8192),
    },
  },
);

const FUNCTIONS: Readonly<Record<string, string>> = {
  openssl: `SSL_read SSL_write SSL_read_ex SSL_write_ex${options.handshake ? " SSL_do_handshake" : ""}`,
  gnutls: "gnutls_record_recv gnutls_record_send",
  nss: "PR_Read PR_Recv PR_Write PR_Send",
};
const wanted = {
  openssl: !options.noOpenssl && "ssl",
  gnutls: !options.noGnutls && "gnutls",
  nss: !options.noNss && "nspr4",
};
const installed = Object.entries(wanted).map(
  ([kind, name]) => `${kind}:${(name && Bpf.findLibrary(name)) || ""}`,
);
for (const [kind = "", path] of [...installed, ...(options.extraLib ?? [])].map((text) => text.split(":"))) {
  for (const sym of path ? (FUNCTIONS[kind] ?? "").split(" ") : []) {
    const place = { name: path ?? "", sym, pid: options.pid ?? -1 };
    const way = /handshake/.test(sym) ? "handshake" : /read|recv/i.test(sym) ? "read" : "write";
    bpf.attachUprobe({ ...place, fnName: sym.endsWith("_ex") ? "on_call_ex" : "on_call" });
    bpf.attachUretprobe({ ...place, fnName: `after_${way}` });
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
let first: bigint | undefined;
for await (const e of bpf.rings.events) {
  if (e.comm !== (options.comm ?? e.comm)) continue;
  first ??= e.ts;
  const call = ["READ/RECV", "WRITE/SEND", "HANDSHAKE"][e.kind];
  console.log(row({ ...e, call, seconds: Number(e.ts - first) / 1e9, latency: Number(e.latency) / 1e6 }));
  if (e.kept === 0) continue;
  const bytes = Buffer.from(e.bytes.subarray(0, e.kept));
  const text = options.hexdump ? bytes.toString("hex").replace(/.{32}(?=.)/g, "$&\n") : bytes.toString();
  const end = e.length > e.kept ? `END DATA (TRUNCATED, ${e.length - e.kept} bytes lost)` : "END DATA";
  console.log(`----- DATA -----\n${text}\n----- ${end} -----\n`);
}
