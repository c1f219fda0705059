import { isEmpty, type RecordShape, type Shape } from "./shape.ts";
import { shapeOf, type TypeSource } from "./shape-of.ts";

/** The TypeScript spelling of the values of a BTF type: "{ pid: number; comm: string }". */
export function describeType(btf: TypeSource, id: number): string {
  return describeShape(shapeOf(btf, id));
}

export function describeShape(shape: Shape): string {
  switch (shape.kind) {
    case "integer":
      return shape.size <= 4 ? "number" : "bigint";
    case "boolean":
      return "boolean";
    case "float":
      return "number";
    case "bits":
      if (shape.reading === "boolean") return "boolean";
      return shape.width <= 32 ? "number" : "bigint";
    case "text":
      return "string";
    case "bytes":
      return "Uint8Array";
    case "list":
      return `${describeShape(shape.of)}[]`;
    case "record": {
      const properties = describeProperties(shape);
      return properties.length === 0 ? "{}" : `{ ${properties.join("; ")} }`;
    }
  }
}

function describeProperties(shape: RecordShape): string[] {
  return shape.slots.flatMap((slot) => {
    if (slot.name === "" && slot.shape.kind === "record") return describeProperties(slot.shape);
    return [`${slot.name}${isEmpty(slot.shape) ? "?" : ""}: ${describeShape(slot.shape)}`];
  });
}
