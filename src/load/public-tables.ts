/** The tables that open programs of this process share, by name: file descriptors, the oldest first. */
const tables = new Map<string, number[]>();

/** Lets other programs of this process find a table, until what is given back is called. */
export function publishTable(name: string, fd: number): () => void {
  const shared = tables.get(name) ?? [];
  tables.set(name, shared);
  shared.push(fd);
  return () => {
    const at = shared.indexOf(fd);
    if (at >= 0) shared.splice(at, 1);
    if (shared.length === 0) tables.delete(name);
  };
}

/** The file descriptor of a shared table; undefined when no open program has one of that name. */
export function publicTable(name: string): number | undefined {
  return tables.get(name)?.[0];
}

/** The names of all tables that are shared now. */
export function publicTables(): string[] {
  return [...tables.keys()];
}
