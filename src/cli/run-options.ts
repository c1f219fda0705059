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
