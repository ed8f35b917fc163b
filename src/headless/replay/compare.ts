/** Compares an operation's line with the recording's. */
import { inflateSync } from "node:zlib";
import type { ObservedOperation } from "./observe";
import type { RecordedArena, RecordedFork, RecordedHeap, RecordedOperation } from "./recording";

export interface Difference {
  /** Name of the field, for words with their offset: `hd[0x298]`. */
  readonly field: string;
  readonly expected: string;
  readonly got: string;
}

const plain = ["ret", "n", "skipped", "sig", "addr", "brk", "top", "sm", "hn", "mp"] as const;
const hashes = ["h32", "hh", "hx", "a32", "ah", "heap_len", "ms", "mpb"] as const;

function text(value: string | number | undefined): string {
  return value === undefined ? "nothing" : String(value);
}

function field(name: string, expected: string | number | undefined, got: string | number | undefined): Difference | null {
  return expected === got ? null : { field: name, expected: text(expected), got: text(got) };
}

/** The first word that differs in a list of [offset, word]. */
function wordsDiffer(name: string, expected: RecordedOperation["hd"], got: ObservedOperation["hd"]): Difference | null {
  const left = new Map(expected ?? []);
  const right = new Map(got ?? []);
  const offsets = [...new Set([...left.keys(), ...right.keys()])].toSorted(
    (a, b) => Number.parseInt(a, 16) - Number.parseInt(b, 16),
  );
  for (const offset of offsets) {
    const difference = field(`${name}[0x${offset}]`, left.get(offset), right.get(offset));
    if (difference !== null) return difference;
  }
  return null;
}

function mapsDiffer(expected: RecordedOperation["maps"], got: ObservedOperation["maps"]): Difference | null {
  for (const sign of ["-", "+"] as const) {
    const difference = field(
      `maps${sign}`,
      (expected?.[sign] ?? []).join(", ") || undefined,
      (got?.[sign] ?? []).join(", ") || undefined,
    );
    if (difference !== null) return difference;
  }
  return null;
}

type Row = Readonly<Record<string, string | number | undefined>>;

/** Two rows of fields; what a recording leaves out is not compared. */
function rowDiffers(name: string, expected: Row, got: Row | undefined): Difference | null {
  for (const [key, value] of Object.entries(expected)) {
    const difference = field(`${name}.${key}`, value, got?.[key]);
    if (difference !== null) return difference;
  }
  return null;
}

function heapRowDiffers(name: string, expected: RecordedHeap, got: RecordedHeap | undefined): Difference | null {
  const { hd, ...row } = expected;
  const { hd: mine, ...own } = got ?? { hd: undefined };
  const words = row.hn === undefined ? null : wordsDiffer(`${name}.hd`, hd, mine);
  return words ?? rowDiffers(name, row, got && own);
}

function arenasDiffer(expected: readonly RecordedArena[], got: readonly RecordedArena[]): Difference | null {
  const rowOf = ({ heaps: _heaps, ...row }: RecordedArena): Row => row;
  for (const [index, arena] of expected.entries()) {
    const name = `arenas[${index}]`;
    const mine = got[index];
    const differences = [
      field(`${name}.heaps`, arena.heaps.length, mine?.heaps.length),
      rowDiffers(name, rowOf(arena), mine && rowOf(mine)),
      ...arena.heaps.map((heap, nth) => heapRowDiffers(`${name}.heaps[${nth}]`, heap, mine?.heaps[nth])),
    ];
    const first = differences.find((difference) => difference !== null);
    if (first) return first;
  }
  return field("arenas", expected.length, got.length);
}

function forkDiffers(expected: RecordedFork | undefined, got: RecordedFork | undefined): Difference | null {
  if (expected === undefined) return null;
  const rows = (fork: RecordedFork | undefined): readonly string[] => fork?.arenas.map((row) => row.join(" ")) ?? [];
  const mine = rows(got);
  return (
    field("fork.free", expected.free, got?.free) ??
    field("fork.arenas", expected.arenas.length, mine.length) ??
    rows(expected).reduce<Difference | null>((found, row, nth) => found ?? field(`fork.arenas[${nth}]`, row, mine[nth]), null)
  );
}

function heapDiffers(expected: string | undefined, got: string | undefined): Difference | null {
  if (expected === undefined || got === undefined) return field("heap_z", expected, got);
  const left = inflateSync(Buffer.from(expected, "base64"));
  const right = inflateSync(Buffer.from(got, "base64"));
  if (left.equals(right)) return null;
  let at = 0;
  while (at < left.length && left[at] === right[at]) at++;
  return field(`heap_z[0x${at.toString(16)}]`, left[at]?.toString(16), right[at]?.toString(16));
}

/** Of a line that was cut short: the fields that are there. */
function cutShortDiffers(expected: RecordedOperation, got: ObservedOperation): Difference | null {
  const names = [...plain, ...hashes].filter((name) => expected[name] !== undefined);
  return names.reduce<Difference | null>((found, name) => found ?? field(name, expected[name], got[name]), null);
}

/** What a recording's release does that is not malloc's doing. */
export interface Surroundings {
  /** Offset in main_arena, hex, of a word that the printer of an abort's backtrace changes by its own allocations; null when it has none. */
  readonly printerWord: string | null;
  /** Whether each thread has an arena of its own. */
  readonly ownArenas: boolean;
}

/**
 * A death whose backtrace was printed before the state was taken: without the arena that the printer made for itself, the newest of the
 * ring, and without the count of threads in the one it left.
 */
function withoutPrinter(line: RecordedOperation, arenas: number, { printerWord }: Surroundings): RecordedOperation {
  const { maps: _maps, ah: _ah, a32: _a32, ad = [], arenas: all = [], ...rest } = line;
  const words = ad.filter(([offset]) => offset !== printerWord);
  const kept = all.slice(Math.max(0, all.length - arenas)).map(({ att: _att, ah: _hash, a32: _fast, ...arena }) => arena);
  return { ...rest, ...(words.length > 0 ? { ad: words } : {}), ...(kept.length > 0 ? { arenas: kept } : {}) };
}

/**
 * The message is about another arena than the one its printer turns to first, so that the printer was free to allocate there: the thread's own,
 * or once, around the ring, main_arena.
 */
function isForeign({ op, stderr = "", brk }: RecordedOperation, ownArenas: boolean): boolean {
  const pointer = /: 0x([0-9a-f]+) \*\*\*/.exec(stderr)?.[1];
  const beyond = pointer !== undefined && brk !== undefined && BigInt(`0x${pointer}`) >= BigInt(brk);
  return ownArenas ? op.startsWith("T ") !== beyond : beyond;
}

/** What a recorder that could not ask the process would have seen of this end. */
function killedAs({ sig }: ObservedOperation, expected: number | string): number | string | undefined {
  if (sig === "budget") return typeof expected === "string" ? expected : "endless loop";
  return sig === "SIGSEGV" ? -11 : sig === "SIGABRT" ? -6 : undefined;
}

/** The first difference between what was recorded and what happened; null when equal in every field. */
export function firstDifference(
  expected: RecordedOperation,
  got: ObservedOperation,
  around: Surroundings = { printerWord: null, ownArenas: true },
): Difference | null {
  if (around.printerWord !== null && expected.stderr?.startsWith("*** ")) {
    // These two come without an arena in hand: the printer was free to allocate from main_arena.
    const free = /: (realloc|munmap_chunk)\(\): invalid pointer: /.test(expected.stderr);
    if (free || isForeign(expected, around.ownArenas)) {
      return field("sig", expected.sig, got.sig) ?? field("stderr", expected.stderr, got.stderr);
    }
    const arenas = Math.min(expected.arenas?.length ?? 0, got.arenas?.length ?? 0);
    return compareLines(withoutPrinter(expected, arenas, around), withoutPrinter(got, arenas, around));
  }
  return compareLines(expected, got);
}

/**
 * An access to a non-canonical address: SIGBUS when the compiler happened to address it by %rbp or %rsp, which are about the stack segment,
 * else SIGSEGV; both without an address.
 */
function isProtection({ sig, addr }: RecordedOperation): boolean {
  return addr === "0x0" && (sig === "SIGBUS" || sig === "SIGSEGV");
}

function compareLines(expected: RecordedOperation, got: ObservedOperation): Difference | null {
  if (expected.killed !== undefined) {
    // Nothing but the signal and the (empty) message is known of a death that no handler survived to report.
    return field("killed", expected.killed, killedAs(got, expected.killed)) ?? field("stderr", expected.stderr, got.stderr);
  }
  if (expected.nested !== undefined) return cutShortDiffers(expected, got);
  for (const name of plain) {
    const difference =
      name === "sig" && isProtection(expected) && isProtection(got) ? null : field(name, expected[name], got[name]);
    if (difference !== null) return difference;
  }
  return (
    field("err", expected.err ?? 0, got.err ?? 0) ??
    field("stderr", expected.stderr ?? "", got.stderr ?? "") ??
    mapsDiffer(expected.maps, got.maps) ??
    wordsDiffer("hd", expected.hd, got.hd) ??
    wordsDiffer("ad", expected.ad, got.ad) ??
    arenasDiffer(expected.arenas ?? [], got.arenas ?? []) ??
    forkDiffers(expected.fork, got.fork) ??
    hashes
      .filter((name) => expected[name] !== undefined) // a recording may leave out what costs a walk over the whole heap
      .reduce<Difference | null>((found, name) => found ?? field(name, expected[name], got[name]), null) ??
    heapDiffers(expected.heap_z, got.heap_z)
  );
}
