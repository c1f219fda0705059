export { IteratorLink } from "./attach/iterator.ts";
export type { Link, LinkKind } from "./attach/link.ts";
export { PerfHWConfig, PerfSWConfig, PerfType } from "./attach/perf-event-types.ts";
export { SocketLink } from "./attach/raw-socket.ts";
export type { IteratorEvent, KprobeEvent, TracepointEvent, UprobeEvent } from "./attach-methods.ts";
export { Bpf, type LostHandler } from "./bpf.ts";
export type { BufferOptions } from "./buffer-options.ts";
export { CompilerError } from "./compile/compiler-error.ts";
export {
  AttachError,
  BpfError,
  ClosedError,
  LoadError,
  PermissionError,
  SyscallError,
  UnsupportedError,
} from "./errors.ts";
export type { TableDescription } from "./inspect-methods.ts";
export { type IntervalOptions, intervals } from "./intervals.ts";
export type { ProgramInfo } from "./load/program-info.ts";
export { VerifierError } from "./load/verifier-error.ts";
export { type LoadOptions, load } from "./load.ts";
export type { GlobalsOf, MapsOf, RingsOf, Schema } from "./loaded-types.ts";
export { ArrayMap } from "./maps/array-map.ts";
export { type BuildIdFrame, BuildIdStackMap } from "./maps/build-id-stack-map.ts";
export { CgroupArray } from "./maps/cgroup-array.ts";
export { DescriptorMap } from "./maps/descriptor-map.ts";
export { HashMap } from "./maps/hash-map.ts";
export { LiveArray } from "./maps/live-array.ts";
export { LruHashMap } from "./maps/lru-hash-map.ts";
export { MapError } from "./maps/map-error.ts";
export { MapOfMaps } from "./maps/map-of-maps.ts";
export { InodeStorage, SocketStorage, TaskStorage } from "./maps/object-storage.ts";
export { PerCpuArrayMap } from "./maps/per-cpu-array-map.ts";
export { PerCpuHashMap } from "./maps/per-cpu-hash-map.ts";
export { PerfEventArray } from "./maps/perf-event-array.ts";
export { type HasFd, ProgramArray } from "./maps/program-array.ts";
export { QueueMap } from "./maps/queue-map.ts";
export { StackTraceMap } from "./maps/stack-trace-map.ts";
export type { LoadedFunction } from "./network-methods.ts";
export { ipv4, ipv6, networkPort } from "./output/addresses.ts";
export { columns } from "./output/columns.ts";
export {
  type HistogramData,
  type KeyedHistogramOptions,
  log2HistogramData,
  log2Histograms,
} from "./output/keyed-histograms.ts";
export { linearHistogram } from "./output/linear-histogram.ts";
export { log2Histogram } from "./output/log2-histogram.ts";
export { ndjsonLine } from "./output/ndjson.ts";
export { type Column, type Table, table } from "./output/table.ts";
export type {
  AttachPoint,
  Device,
  IteratorPoint,
  KernelFunctionPoint,
  NamedAttachPoint,
  ObjectPoint,
  PerfEventPoint,
  SocketPoint,
  TrafficControlPoint,
  TrampolinePoint,
  UsdtPoint,
  UserFunctionPoint,
  XdpPoint,
} from "./program/program.ts";
export type { UsdtArgument, UsdtLocation, UsdtPlace, UsdtProbe } from "./program/usdt.ts";
export { BPFAttachType, ProgramType, type ProgramTypeOption } from "./program-types.ts";
export type { TraceEvent } from "./rings/parse-trace-line.ts";
export { PerfBuffer } from "./rings/perf-buffer.ts";
export { RingBuffer } from "./rings/ring-buffer.ts";
export { TracePipe } from "./rings/trace-pipe.ts";
export { type Diagnostic, renderDiagnostic } from "./source/diagnostic.ts";
export { SourceError } from "./source/source-error.ts";
export type { BpfStats, LinkStats, LossKind } from "./stats.ts";
export type { SymbolOptions } from "./symbols/symbol.ts";
export { Trace, type TracedEvent, type TraceOptions, trace } from "./trace.ts";
export { type CommandEnd, TracedCommand } from "./traced-command.ts";
export type { OptionsOf } from "./usage/option-types.ts";
export { usage } from "./usage/usage.ts";
export { USDT, type UsdtTarget } from "./usdt.ts";
export type { PlainValue } from "./values/plain-value.ts";
export { ValueError } from "./values/value-error.ts";
