import type { Library } from "./library.ts";
import type { CResult, CType, PreparedCall } from "./prepared-call.ts";

/** C declarations as data: the result, then the parameters. */
export type Declarations = Readonly<
  Record<string, readonly [returns: CResult, parameters: readonly CType[]]>
>;

export type FunctionTable<D extends Declarations> = {
  readonly [N in keyof D]: PreparedCall<D[N][0], D[N][1]>;
};

/** The functions of a library, each looked up and prepared when it is first read. */
export function functionTable<D extends Declarations>(library: Library, declarations: D): FunctionTable<D> {
  const table = {};
  for (const [name, [returns, parameters]] of Object.entries(declarations)) {
    Object.defineProperty(table, name, {
      configurable: true,
      enumerable: true,
      get() {
        const value = library.function(name, returns, parameters);
        Object.defineProperty(table, name, { value, enumerable: true });
        return value;
      },
    });
  }
  return table as FunctionTable<D>;
}
