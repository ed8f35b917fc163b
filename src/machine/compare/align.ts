/** Pairs the calls of two runs of one program: the same call of the same statement, in the same order. */

/** A call as far as pairing needs it. */
export interface Alignable {
  readonly api: string;
  readonly statement: number;
}

export interface Pair {
  /** Indices, −1 where that run does not make the call. */
  readonly a: number;
  readonly b: number;
}

/** How far ahead a partner is looked for where the runs make different calls. */
const WINDOW = 64;

const same = (a: Alignable | undefined, b: Alignable | undefined): boolean =>
  a !== undefined && b !== undefined && a.api === b.api && a.statement === b.statement;

/** Every call of both runs stands in exactly one pair, in order. Where runs part, the nearest common call pairs them again. O(n · window²). */
export function align(a: readonly Alignable[], b: readonly Alignable[]): Pair[] {
  const pairs: Pair[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (same(a[i], b[j])) {
      pairs.push({ a: i++, b: j++ });
      continue;
    }
    const { skipA, skipB } = nextCommon(a, b, i, j);
    for (let n = 0; n < skipA; n++) pairs.push({ a: i++, b: -1 });
    for (let n = 0; n < skipB; n++) pairs.push({ a: -1, b: j++ });
  }
  return pairs;
}

/** The fewest calls to leave out of both so that the next ones pair; all that are left when none do. */
function nextCommon(
  a: readonly Alignable[],
  b: readonly Alignable[],
  i: number,
  j: number,
): { readonly skipA: number; readonly skipB: number } {
  for (let sum = 1; sum < 2 * WINDOW; sum++) {
    for (let skipA = Math.max(0, sum - WINDOW); skipA <= Math.min(sum, WINDOW); skipA++)
      if (same(a[i + skipA], b[j + sum - skipA])) return { skipA, skipB: sum - skipA };
  }
  return { skipA: a.length - i, skipB: b.length - j };
}
