/** What helps where the kernel lacks something that those of the microVM have. */
export const GUEST_HINT =
  "Run it in a microVM, whose kernel has it: `bcc-ts run --vm FILE`, or any command by `bcc-ts vm run -- COMMAND`.";
