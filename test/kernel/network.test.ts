// Programs for packets, sockets and control groups, in a network namespace of the test's own.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { BPFAttachType, type Link, load, ProgramType, UnsupportedError } from "bcc-ts";
import { libc } from "../../src/ffi/libc.ts";
import { kernelAtLeast } from "../../src/kernel/kernel-version.ts";

const CLONE_NEWNET = 0x40000000;
const UNSHARE = process.arch === "arm64" ? 97 : 272;

// Of this thread, which makes the sockets: the rest of the machine sees none of these packets.
const alone = libc().syscall(UNSHARE, CLONE_NEWNET, 0, 0, 0, 0, 0) === 0;
const isUp = alone && spawnSync("ip", ["link", "set", "lo", "up"]).status === 0;

function ownNetwork(t: TestContext): boolean {
  if (!isUp) t.skip(alone ? "there is no ip command" : "no network namespace of its own can be had");
  return isUp;
}

const PATIENCE_MS = 10_000;

/** Sends datagrams over the loopback device and gives what came: waits for as many as are expected. */
async function exchange(count: number, expected = count): Promise<string[]> {
  const receiver = createSocket("udp4");
  const got: string[] = [];
  receiver.on("message", (message) => got.push(String(message)));
  receiver.bind(0, "127.0.0.1");
  await once(receiver, "listening");
  const sender = createSocket("udp4");
  for (let i = 0; i < count; i++) {
    await new Promise((done) => sender.send(`packet ${i}`, receiver.address().port, "127.0.0.1", done));
  }
  // The loopback device delivers before send() returns; the event loop has to read.
  const end = Date.now() + PATIENCE_MS;
  do await new Promise((done) => setTimeout(done, 20));
  while (got.length < expected && Date.now() < end);
  sender.close();
  receiver.close();
  return got;
}

const COUNT = `
BPF_ARRAY(packets, u64, 2);
static void count(int slot) { u64 *value = packets.lookup(&slot); if (value) __sync_fetch_and_add(value, 1); }
`;

test("XDP counts and drops what a device receives", async (t) => {
  if (!ownNetwork(t)) return;
  using bpf = await load(`${COUNT}
int pass(struct xdp_md *ctx) { count(0); return XDP_PASS; }
int drop(struct xdp_md *ctx) { count(1); return XDP_DROP; }`);
  const link = bpf.attachXdp({ device: "lo", fnName: "pass" });
  assert.deepEqual([link.kind, link.target], ["xdp", "lo"]);
  assert.deepEqual(await exchange(2), ["packet 0", "packet 1"]);
  assert.equal(bpf.maps.packets.get(0), 2n);
  assert.throws(() => bpf.attachXdp({ device: "lo", fnName: "drop" }), {
    name: "AttachError",
    hint: /Another program/,
  });
  assert.equal(bpf.removeXdp({ device: "lo" }), 1);
  bpf.attachXdp({ device: "lo", flags: 2, fnName: "drop" });
  assert.deepEqual(await exchange(2, 0), []);
  assert.equal(bpf.maps.packets.get(1), 2n);
  assert.throws(() => bpf.attachXdp({ device: "no-such-device", fnName: "pass" }), {
    message: /no network device/,
  });
});

test("a socket filter lets packets through, cut as it says", async (t) => {
  if (!ownNetwork(t)) return;
  using bpf = await load(`
int filter(struct __sk_buff *skb) { return skb->len == 14 + 20 + 8 + 8 ? 42 : 0; }`);
  assert.equal(bpf.loadFunc("filter", ProgramType.SOCKET_FILTER).name, "filter");
  assert.throws(() => bpf.loadFunc("filter", ProgramType.XDP), { name: "LoadError", hint: /programTypes/ });
  using socket = bpf.attachRawSocket({ device: "lo", fnName: "filter" });
  assert.equal(socket.receive(), undefined);
  await exchange(1);
  const [outgoing, incoming, none] = [socket.receive(), socket.receive(), socket.receive()];
  // The loopback device shows each packet as it leaves and as it comes.
  assert.deepEqual([outgoing?.length, incoming?.length, none], [42, 42, undefined]);
  assert.equal(outgoing?.[23], 17, "it is UDP");
});

test("a classifier counts what comes in and drops what leaves", async (t) => {
  if (!ownNetwork(t)) return;
  using bpf = await load(
    `${COUNT}
int incoming(struct __sk_buff *skb) { count(0); return 0; }
int outgoing(struct __sk_buff *skb) { count(1); return 2; }`,
    { programTypes: { incoming: ProgramType.SCHED_CLS, outgoing: ProgramType.SCHED_CLS } },
  );
  let link: Link;
  try {
    link = bpf.attachTc({ device: "lo", direction: "ingress", fnName: "incoming" });
  } catch (error) {
    if (error instanceof UnsupportedError && !kernelAtLeast("6.6")) return t.skip(error.message);
    throw error;
  }
  assert.deepEqual([link.kind, link.target], ["tc", "lo ingress"]);
  assert.equal((await exchange(3)).length, 3);
  assert.equal(bpf.maps.packets.get(0), 3n);
  using shot = bpf.attachTc({ device: "lo", direction: "egress", fnName: "outgoing" });
  assert.deepEqual(await exchange(2, 0).catch((error) => assert.equal(error.code, "EPERM") ?? []), []);
  assert.ok((bpf.maps.packets.get(1) ?? 0n) >= 1n);
  shot.close();
  assert.equal((await exchange(1)).length, 1);
  link.close();
  await exchange(1);
  assert.equal(bpf.maps.packets.get(0), 4n);
  const left = spawnSync("tc", ["qdisc", "show", "dev", "lo"], { encoding: "utf8" });
  if (left.status === 0 && !kernelAtLeast("6.6")) assert.doesNotMatch(left.stdout, /clsact/);
});

/** A control group of the test's own with this process in it; undefined, and the test skipped, where none can be. */
function ownGroup(t: TestContext, name: string): string | undefined {
  const root = ["/sys/fs/cgroup/unified", "/sys/fs/cgroup"].find((path) =>
    existsSync(join(path, "cgroup.procs")),
  );
  if (root === undefined) {
    t.skip("no cgroup2 is mounted");
    return undefined;
  }
  const group = join(root, `bcc-ts-test-${name}-${process.pid}`);
  try {
    mkdirSync(group);
  } catch (error) {
    t.skip(`no control group can be made: ${error}`);
    return undefined;
  }
  writeFileSync(join(group, "cgroup.procs"), String(process.pid));
  t.after(() => {
    writeFileSync(join(root, "cgroup.procs"), String(process.pid));
    rmdirSync(group);
  });
  return group;
}

test("a control group's program sees its packets, and refuses connections", async (t) => {
  if (!ownNetwork(t)) return;
  const group = ownGroup(t, "connect");
  if (group === undefined) return;
  const connectType = { type: ProgramType.CGROUP_SOCK_ADDR, attachType: BPFAttachType.CGROUP_INET4_CONNECT };
  using bpf = await load(
    `${COUNT}
int leaving(struct __sk_buff *skb) { count(0); return 1; }
int refuse(struct bpf_sock_addr *ctx) { count(1); return 0; }`,
    { programTypes: { leaving: ProgramType.CGROUP_SKB, refuse: connectType } },
  );
  const egress = { path: group, attachType: BPFAttachType.CGROUP_INET_EGRESS };
  bpf.attachFunc({ ...egress, fnName: "leaving" });
  await exchange(2);
  assert.equal(bpf.maps.packets.get(0), 2n);
  assert.equal(bpf.detachFunc({ ...egress, fnName: "leaving" }), 1);
  await exchange(2);
  assert.equal(bpf.maps.packets.get(0), 2n);
  const server = createServer((peer) => peer.end()).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  using link = bpf.attachFunc({
    path: group,
    attachType: BPFAttachType.CGROUP_INET4_CONNECT,
    fnName: "refuse",
  });
  await assert.rejects(once(connect(port, "127.0.0.1"), "connect"), { code: "EPERM" });
  assert.equal(bpf.maps.packets.get(1), 1n);
  link.close();
  const client = connect(port, "127.0.0.1");
  await once(client, "connect");
  client.destroy();
  server.close();
  assert.throws(() => bpf.attachFunc({ path: "/no/such/group", attachType: 0, fnName: "leaving" }), {
    message: /no control group/,
  });
});

test("messages between sockets of a map go straight to each other", async (t) => {
  if (!ownNetwork(t)) return;
  const group = ownGroup(t, "sockets");
  if (group === undefined) return;
  using bpf = await load(`${COUNT}
struct ends { u32 local_port; u32 remote_port; };
BPF_SOCKHASH(sockets, struct ends, 16);
int connected(struct bpf_sock_ops *ops) {
  if (ops->op != BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB && ops->op != BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB) return 0;
  struct ends key = {};
  key.local_port = ops->local_port;
  key.remote_port = bpf_ntohl(ops->remote_port);
  if (sockets.sock_hash_update(ops, &key, BPF_ANY) == 0) count(0);
  return 0;
}
int redirect(struct sk_msg_md *msg) {
  struct ends key = {};
  key.local_port = bpf_ntohl(msg->remote_port);
  key.remote_port = msg->local_port;
  count(1);
  return sockets.msg_redirect_hash(msg, &key, BPF_F_INGRESS);
}`);
  const { fd } = bpf.maps.sockets.handle;
  bpf.attachFunc({ path: group, attachType: BPFAttachType.CGROUP_SOCK_OPS, fnName: "connected" });
  using link = bpf.attachFunc({ fd, attachType: BPFAttachType.SK_MSG_VERDICT, fnName: "redirect" });
  assert.equal(link.kind, "object");
  const server = createServer((peer) => peer.pipe(peer)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect((server.address() as { port: number }).port, "127.0.0.1");
  await once(client, "connect");
  client.write("there and back");
  const [answer] = await once(client, "data");
  assert.equal(String(answer), "there and back");
  client.destroy();
  server.close();
  assert.equal(bpf.maps.packets.get(0), 2n, "both ends are in the map");
  assert.ok((bpf.maps.packets.get(1) ?? 0n) >= 2n, "both messages were redirected");
  link.close();
});
