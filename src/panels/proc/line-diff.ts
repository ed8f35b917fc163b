/** What became of a text, line by line: those that stay, come and go, in the order in which a reader finds them. */
export interface DiffLine {
  readonly kind: "same" | "added" | "removed";
  readonly text: string;
}

/** Pairs of lines compared at most: more is told as all new. */
const PAIR_LIMIT = 4_000_000;

/** Longest common subsequence between what the two texts do not begin or end with alike. */
export function lineDiff(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let tail = 0;
  while (tail < before.length - start && tail < after.length - start && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const same = (lines: readonly string[]): DiffLine[] => lines.map((text) => ({ kind: "same", text }));
  return [
    ...same(after.slice(0, start)),
    ...middle(before.slice(start, before.length - tail), after.slice(start, after.length - tail)),
    ...same(after.slice(after.length - tail)),
  ];
}

function middle(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  const [rows, columns] = [before.length, after.length];
  const width = columns + 1;
  const comparable = rows * columns <= PAIR_LIMIT;
  // common[i, j]: lines that before[i…] and after[j…] have in common.
  const common = new Uint32Array(comparable ? (rows + 1) * width : 0);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = comparable ? rows - 1 : -1; i >= 0; i--)
    for (let j = columns - 1; j >= 0; j--)
      common[i * width + j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < rows || j < columns) {
    const [gone = "", come = ""] = [before[i], after[j]];
    if (comparable && i < rows && j < columns && gone === come) {
      lines.push({ kind: "same", text: come });
      i++;
      j++;
    } else if (i < rows && (j === columns || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ kind: "removed", text: gone });
      i++;
    } else {
      lines.push({ kind: "added", text: come });
      j++;
    }
  }
  return lines;
}
