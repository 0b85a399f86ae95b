/** Exhaustiveness helper: the compiler rejects the call while a case is missing. */
export function unreachable(value: never): never {
  throw new Error(`unexpected ${JSON.stringify(value)}`);
}
