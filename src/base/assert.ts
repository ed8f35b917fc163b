/** Throws when an invariant of ours does not hold. Never for bad input: that is a `Result`. */
export function assert(condition: unknown, message: string): asserts condition {
  if (condition) return;
  throw new Error(`invariant broken: ${message}`);
}

/** For the default branch of an exhaustive switch. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${String(value)}`);
}
