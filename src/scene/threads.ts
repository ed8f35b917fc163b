/** Names of threads: as schedules number them. */

/** `main`, `T1`, `T2`, … */
export function threadName(number: number): string {
  return number === 0 ? "main" : `T${number}`;
}
