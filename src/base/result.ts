/** An answer at a border: either a value or a problem that the user can be told about. */
export type Result<T, P> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: P };

export function ok<T>(value: T): Result<T, never> {
  return { ok: true, value };
}

export function fail<P>(problem: P): Result<never, P> {
  return { ok: false, problem };
}
