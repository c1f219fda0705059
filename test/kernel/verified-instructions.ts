import { buildScript } from "../../src/build-script.ts";
import { liveFacts } from "../../src/kernel/live-facts.ts";
import { loadObject } from "../../src/load/load-object.ts";
import { programInfo } from "../../src/load/program-info.ts";
import { liveScriptWorld } from "../../src/script-world.ts";
import { SourceText } from "../../src/source/source-text.ts";

/** Loads a script without running it. Gives how many instructions the verifier went through, of all its programs. */
export async function verifiedInstructions(text: string): Promise<number> {
  const source = new SourceText("verified.bt", text);
  const facts = liveFacts();
  const { object } = await buildScript(source, {
    facts,
    world: liveScriptWorld({}),
    environment: {},
    warn: () => {},
  });
  using loaded = loadObject(object, { source });
  return [...loaded.programs.values()].reduce(
    (sum, { fd }) => sum + (programInfo(fd).verifiedInstructions ?? 0),
    0,
  );
}
