import type { ScriptDescription } from "../program/script.ts";
import type { Codec } from "../values/codec.ts";
import { decodeScriptValue, type ScriptSpelling } from "../values/decode-script-value.ts";
import { requestOf, type ScriptRequest } from "../values/script-request.ts";

/** Reads the records of a script's rings as what they ask. `file` is the script's name in messages. */
export function requestCodec(
  { actions }: ScriptDescription,
  spell: ScriptSpelling,
  file: string,
): Codec<ScriptRequest | undefined> {
  const decode = (view: DataView, offset: number): ScriptRequest | undefined => {
    const action = actions[view.getUint32(offset, true)];
    if (action === undefined) return undefined;
    const values = action.arguments.map((argument) =>
      decodeScriptValue(view, offset + argument.offset, argument.layout, spell),
    );
    return requestOf(action, values, file);
  };
  return {
    size: 0,
    openEnded: true,
    typeName: "record",
    decode,
    decodeMany: (view, offset, stride, count) =>
      Array.from({ length: count }, (_, index) => decode(view, offset + index * stride)),
    encode: () => {},
  };
}
