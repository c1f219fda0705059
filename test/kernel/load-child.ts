// Run by load.test.ts as a user with fewer capabilities: says how loading the object that is named ended.
import { readFileSync } from "node:fs";
import { PermissionError } from "../../src/errors.ts";
import { loadObject } from "../../src/load/load-object.ts";

try {
  loadObject(readFileSync(process.argv[2] ?? ""), { programs: { three: { type: 2 } } });
  console.log(JSON.stringify(["loaded"]));
} catch (error) {
  if (!(error instanceof PermissionError)) throw error;
  console.log(JSON.stringify([error.name, error.missing, error.hint]));
}
