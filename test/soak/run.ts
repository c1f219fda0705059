// A long run on demand:
//   npm run soak -- [--seconds 3600] [--rate 100000]
import { parseArgs } from "node:util";
import { soak } from "./soak.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "3600" },
    rate: { type: "string", default: "100000" },
  },
});
const result = await soak(Number(values.seconds), Number(values.rate), (line) => console.log(line));
console.log(JSON.stringify(result, undefined, 2));
const { ring, perf, refused, lost, wrong, middleMib, lastMib } = result;
const whole = ring.read + perf.read + refused === ring.sent + perf.sent && lost === refused && wrong === 0;
const flat = lastMib <= middleMib * 1.1 + 12;
console.log(
  `${whole ? "every event is accounted for" : "EVENTS ARE MISSING"}; ${flat ? "memory stays" : "MEMORY GROWS"}`,
);
process.exitCode = whole && flat ? 0 : 1;
