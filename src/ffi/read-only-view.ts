import { BpfError } from "../errors.ts";

/**
 * A DataView over pages that the processor lets nobody write: reading is as fast as ever, every way to
 * write throws, where the write itself would end the process by SIGSEGV.
 */
export class ReadOnlyDataView extends DataView<ArrayBuffer> {}

function refuse(): never {
  throw new BpfError("READ_ONLY", "memory mapped for reading cannot be written", {
    hint: "Copy the bytes first.",
  });
}

const writers = Object.getOwnPropertyNames(DataView.prototype).filter((name) => name.startsWith("set"));
for (const name of writers) Object.defineProperty(ReadOnlyDataView.prototype, name, { value: refuse });

// A byte array made over `buffer` could write.
Object.defineProperty(ReadOnlyDataView.prototype, "buffer", { get: refuse });
