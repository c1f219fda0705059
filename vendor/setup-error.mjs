/** A failure of the set-up that is told to the user in one line, with what to do about it. */
export class SetupError extends Error {
  /**
   * @param {string} message the cause
   * @param {string} [remedy] what the user can do
   */
  constructor(message, remedy) {
    super(message);
    this.name = "SetupError";
    this.remedy = remedy;
  }
}
