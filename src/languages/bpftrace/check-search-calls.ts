import { powerOfTwo } from "../../program/power-of-two.ts";
import type { Value } from "../../program/tir.ts";
import { sizeOfType } from "../../program/type-layout.ts";
import type { IntegerType, Type } from "../../program/types.ts";
import type { CallExpression, Expression } from "./ast.ts";
import { CheckTextCalls } from "./check-text-calls.ts";
import { BOOLEAN, INT64, typeName, UINT64 } from "./type-names.ts";
import { isNumber } from "./type-tests.ts";

const BYTE: IntegerType = { kind: "integer", bytes: 1, signed: false };
const LONGEST_COMPARED = 1024n;

/** Functions that look into texts and memory. */
export abstract class CheckSearchCalls extends CheckTextCalls {
  strcontains(call: CallExpression): Value {
    return this.#ofTwo(call, (texts) => this.intrinsic("string-contains", BOOLEAN, call.span, texts));
  }

  strstr(call: CallExpression): Value {
    return this.#ofTwo(call, (texts) => this.intrinsic("string-index", INT64, call.span, texts));
  }

  globmatch(call: CallExpression): Value {
    return this.#ofTwo(call, (texts) => this.intrinsic("glob-match", BOOLEAN, call.span, texts));
  }

  #ofTwo(call: CallExpression, make: (texts: readonly Value[]) => Value): Value {
    if (!this.arity(call, 2)) return this.nothing(call.span);
    const texts = call.arguments.map((argument) => this.textLike(argument, call));
    return texts.some((text) => text.type.kind !== "string") ? this.nothing(call.span) : make(texts);
  }

  /** A text, or what a pointer to or an array of characters holds. */
  protected textLike(argument: Expression, call: CallExpression): Value {
    const value = this.value(argument);
    const { type } = value;
    if (type.kind === "string" || type.kind === "none") return value;
    const of = type.kind === "pointer" ? type.to : type.kind === "array" ? type.of : undefined;
    if (of?.kind === "integer" && of.bytes === 1) {
      return this.string({ ...call, name: "str", arguments: [argument] });
    }
    return this.refuse(`${call.name}() expects a string (${typeName(type)} provided)`, value.span);
  }

  /** One text behind the other. */
  concatenate(call: CallExpression): Value {
    const { span } = call;
    const { maxStrlen } = this.state.settings;
    return this.#ofTwo(call, ([left, right]) => {
      if (left?.kind === "text" && right?.kind === "text") {
        const both = [left, right].map(({ bytes }) => bytes.replace(/\0[\s\S]*$/, "")).join("");
        return this.text(both.slice(0, Math.max(maxStrlen, 1) - 1), span);
      }
      const sizes = [left, right].map((value) => (value === undefined ? 0 : sizeOfType(value.type)));
      const size = roomFor(sizes, maxStrlen);
      return this.intrinsic("concatenate", { kind: "string", size }, span, [left as Value, right as Value]);
    });
  }

  strlen(call: CallExpression): Value {
    const [argument] = call.arguments;
    if (!this.arity(call, 1) || argument === undefined) return this.nothing(call.span);
    const text = this.textLike(argument, call);
    if (text.type.kind !== "string") return this.nothing(call.span);
    return this.intrinsic("string-length", UINT64, call.span, [text]);
  }

  /** How long a text can become. */
  strcap(call: CallExpression): Value {
    const [argument] = call.arguments;
    if (!this.arity(call, 1) || argument === undefined) return this.nothing(call.span);
    const { type } = this.textLike(argument, call);
    return type.kind === "string"
      ? this.constant(BigInt(type.size), INT64, call.span)
      : this.nothing(call.span);
  }

  memcmp(call: CallExpression): Value {
    const { span } = call;
    if (!this.arity(call, 3)) return this.nothing(span);
    const count = this.literalNumber(call.arguments[2], 0n, "memcmp() needs a literal as its third argument");
    if (count < 1n || count > LONGEST_COMPARED) {
      return this.refuse(`memcmp() compares 1 to ${LONGEST_COMPARED} bytes (${count} given)`, span);
    }
    const values = call.arguments.slice(0, 2).map((argument) => this.#bytes(argument, Number(count), call));
    if (values.some(({ type }) => type.kind === "none")) return this.nothing(span);
    return this.intrinsic("compare-memory", INT64, span, [...values, this.constant(count, UINT64, span)]);
  }

  /** So many bytes of a value, or where a pointer leads. */
  #bytes(argument: Expression, count: number, call: CallExpression): Value {
    const value = this.value(argument);
    const { type, span } = value;
    if (type.kind === "none") return value;
    if (type.kind === "pointer") {
      const bytes: Type = { kind: "array", of: BYTE, count };
      return { kind: "read", address: value, offset: 0, space: type.space, type: bytes, span };
    }
    if (sizeOfType(type) >= count) return value;
    return this.refuse(`${call.name}(): a value of type '${typeName(type)}' has no ${count} bytes`, span);
  }

  /** Changes the memory of the traced process. */
  writeUser(call: CallExpression): Value {
    const { span } = call;
    if (!this.state.world.unsafe) {
      return this.refuse("write_user() is unsafe. To use you need the --unsafe flag", span);
    }
    if (!this.arity(call, 3)) return this.does([], span);
    const to = this.number(call);
    const from = this.value(call.arguments[1] as Expression);
    const length = this.number(call, 2);
    if ([to, from, length].some(({ type }) => type.kind === "none")) return this.nothing(span);
    if (isNumber(from.type) && from.kind !== "constant") {
      return this.refuse("write_user() expects a string, an array or a pointer as its source", from.span);
    }
    const most = from.type.kind === "pointer" ? this.state.settings.maxStrlen : sizeOfType(from.type);
    if (length.kind === "constant" && (length.value < 1n || length.value > BigInt(most))) {
      return this.refuse(
        `write_user(): the length is to be 1 to ${most} (${length.value} given)`,
        length.span,
      );
    }
    const source: Value =
      from.type.kind === "pointer"
        ? this.intrinsic("buffer", { kind: "buffer", size: most }, span, [from, length])
        : from;
    return this.intrinsic("write-user", INT64, span, [to, source, length]);
  }

  /** The kernel's number of a socket. */
  socketCookie(call: CallExpression): Value {
    const { span } = call;
    if (!this.arity(call, 1)) return this.nothing(span);
    const { provider } = this.context;
    if (provider !== "fentry" && provider !== "fexit") {
      return this.refuse("socket_cookie() can only be used with 'fentry' and 'fexit' probes", span);
    }
    const socket = this.value(call.arguments[0] as Expression);
    const { type } = socket;
    if (type.kind === "none") return socket;
    if (type.kind !== "pointer" || type.to.kind !== "struct" || !/^struct sock/.test(type.to.name)) {
      return this.refuse(
        `socket_cookie() expects a 'struct sock *' (${typeName(type)} provided)`,
        socket.span,
      );
    }
    return this.intrinsic("socket-cookie", UINT64, span, [socket]);
  }

  /** A packet into a file, so many bytes of it without the first so many; gives an error's negative number or 0. */
  packetOutput(call: CallExpression): Value {
    const { span, arguments: args } = call;
    if (!this.arity(call, 4)) return this.nothing(span);
    const { provider } = this.context;
    if (provider !== "fentry" && provider !== "fexit") {
      return this.refuse("skboutput() can only be used with 'fentry' and 'fexit' probes", span);
    }
    const path = this.literalText(args[0], call);
    const packet = this.value(args[1] as Expression);
    const [length, offset] = [this.number(call, 2), this.number(call, 3)];
    const { type } = packet;
    if (path === undefined || type.kind === "none") return this.nothing(span);
    if (type.kind !== "pointer" || type.to.kind !== "struct" || type.to.name !== "struct sk_buff") {
      return this.refuse(
        `skboutput() expects a 'struct sk_buff *' (${typeName(type)} provided)`,
        packet.span,
        "The kernel takes it from the probe's arguments alone: args.skb.",
      );
    }
    const action = this.state.addAction({ kind: "skboutput", format: path, arguments: [], span });
    const number = this.constant(BigInt(action), UINT64, span);
    return this.intrinsic("packet-output", INT64, span, [packet, length, offset, number]);
  }

  defaultLength(call: CallExpression): Value {
    if (!this.arity(call, 0)) return this.nothing(call.span);
    return this.constant(BigInt(this.state.settings.maxStrlen), INT64, call.span);
  }
}

/**
 * Room for two texts, in powers of two: a variable that is put together with itself again and again takes few rounds
 * until it is as long as texts become.
 */
function roomFor(sizes: readonly number[], most: number): number {
  const both = sizes.reduce((sum, size) => sum + size, 0);
  return Math.min(powerOfTwo(Math.max(both, 8)), Math.max(most, ...sizes));
}
