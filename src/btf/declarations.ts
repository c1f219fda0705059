export interface Declarations {
  /** C text. It needs GNU C (gnu11 to gnu17) and stands before the program's own text and macros. */
  readonly text: string;
  /** Ids of the structs and unions that are complete in it. */
  readonly completeTypes: readonly number[];
  /** Ids of all types in it that have a body or a name of their own: from these alone it comes out alike. */
  readonly declaredTypes: readonly number[];
  /** Names of the enumerators in it. */
  readonly enumerators: readonly string[];
}
