/** What the exit status of `bcc-ts` says. A script's own status and a guest's pass through as they are. */
export const EXIT = {
  ok: 0,
  /** The text, the kernel or the machine refused; the reason is on stderr. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** A time limit ran out. */
  timeout: 124,
} as const;
