import { readFileSync } from "node:fs";
import { release } from "node:os";
import type { TestContext } from "node:test";
import { gunzipSync } from "node:zlib";
import type { FeatureName } from "../../src/kernel/feature-table.ts";
import { checkFeature } from "../../src/kernel/features.ts";

/** The option that decides about a feature where the version does not. */
const OPTIONS: Partial<Record<FeatureName, string>> = {
  kprobes: "CONFIG_KPROBE_EVENTS",
  "kprobe.multi": "CONFIG_FPROBE",
  fentry: "CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS",
  fmod_ret: "CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS",
  lsm: "CONFIG_BPF_LSM",
  uprobes: "CONFIG_UPROBE_EVENTS",
  BTF: "CONFIG_DEBUG_INFO_BTF",
};

/**
 * True when the kernel has the feature. Else the test is skipped with the reason; but it fails when this
 * kernel, by its version and configuration, should have it, or when BCC_TS_REQUIRE names it.
 */
export function needsFeature(t: TestContext, name: FeatureName): boolean {
  const report = checkFeature(name);
  if (report.available) return true;
  const reason = `${name} on Linux ${release()}: ${report.detail}`;
  // What a policy of the machine refuses to root is no property of the kernel.
  const refused = report.detail.includes("policy of this machine");
  const required = (process.env.BCC_TS_REQUIRE ?? "").split(",");
  if (
    required.includes(name) ||
    required.includes("all") ||
    (!refused && shouldHave(name, report.expected))
  ) {
    throw new Error(`this kernel should have ${reason}`);
  }
  t.skip(reason);
  return false;
}

function shouldHave(name: FeatureName, byVersion: boolean): boolean {
  const option = OPTIONS[name];
  if (option === undefined) return byVersion;
  // Without its configuration nothing is known about a kernel.
  return byVersion && (kernelConfig()?.includes(`\n${option}=y`) ?? false);
}

function kernelConfig(): string | undefined {
  for (const [path, open] of [
    ["/proc/config.gz", (bytes: Buffer) => gunzipSync(bytes).toString()],
    [`/boot/config-${release()}`, (bytes: Buffer) => bytes.toString()],
  ] as const) {
    try {
      return open(readFileSync(path));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  return undefined;
}
