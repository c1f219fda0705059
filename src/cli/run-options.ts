import type { GuestOptions } from "./run-in-guest.ts";

/** The options of `bcc-ts run`. */
export interface RunOptions extends GuestOptions {
  readonly dryRun?: boolean;
  readonly emit?: string;
  readonly facts?: string;
  readonly format: string;
  readonly vm?: boolean;
  readonly vmIfNeeded?: boolean;
}

/** What holds without any option. */
export const DEFAULT_RUN_OPTIONS: RunOptions = { format: "text", kernel: "6.12" };
