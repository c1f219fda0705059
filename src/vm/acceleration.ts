import type { GuestKernel } from "./kernel-directory.ts";

export async function chooseAcceleration(
  _kernel: GuestKernel,
  wanted: "auto" | "kvm" | "tcg",
): Promise<"kvm" | "tcg"> {
  return wanted === "auto" ? "tcg" : wanted;
}
