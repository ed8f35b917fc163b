/** Words of a chunk for the hex view: short chunks whole, long ones with runs of equal words folded. */

export interface HexWord {
  readonly kind: "word";
  readonly addr: number;
  /** Null when it cannot be read. */
  readonly value: bigint | null;
}

/** `count` words from addr on that are not shown; `value` when all are the same. */
export interface HexFold {
  readonly kind: "fold";
  readonly addr: number;
  readonly count: number;
  readonly value: bigint | null;
}

export type HexLine = HexWord | HexFold;

export interface HexRequest {
  readonly start: number;
  /** One past the last byte. */
  readonly end: number;
  readonly wordBytes: 4 | 8;
  /** Words that are never folded: fields, words written by the step. */
  readonly keep: (addr: number) => boolean;
  readonly read: (addr: number) => bigint | null;
  /** Lines at most; what comes after is folded without being read. */
  readonly maxLines: number;
  /** Words read at most. */
  readonly maxWords: number;
}

/** A run of at least this many equal words is folded. */
const FOLD_FROM = 4;

export function hexLines(request: HexRequest): readonly HexLine[] {
  const { start, end, wordBytes, keep, read, maxLines, maxWords } = request;
  const lines: HexLine[] = [];
  let run: HexWord[] = [];
  const flush = (): void => {
    const [first] = run;
    if (first !== undefined && run.length >= FOLD_FROM)
      lines.push({ kind: "fold", addr: first.addr, count: run.length, value: first.value });
    else lines.push(...run);
    run = [];
  };
  let addr = start;
  for (
    let words = 0;
    addr < end && words < maxWords && lines.length + (run.length < FOLD_FROM ? run.length : 1) < maxLines + FOLD_FROM;
    addr += wordBytes, words++
  ) {
    const word: HexWord = { kind: "word", addr, value: read(addr) };
    const [first] = run;
    if (keep(addr) || (first !== undefined && first.value !== word.value)) flush();
    if (keep(addr)) lines.push(word);
    else run.push(word);
    if (lines.length >= maxLines) {
      addr += wordBytes;
      break;
    }
  }
  flush();
  if (addr >= end) return lines;
  // The last word is the boundary tag of a free chunk: worth a line of its own.
  const last = end - wordBytes;
  const rest = Math.max(0, last - addr) / wordBytes;
  if (rest > 0) lines.push({ kind: "fold", addr, count: rest, value: null });
  lines.push({ kind: "word", addr: last, value: read(last) });
  return lines;
}
