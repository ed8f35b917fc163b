/** Random system calls: each is chosen from what the process looks like at that moment, so that most of them meet something. */
import type { MapRow, VmOperation } from "../../src/headless/vm/recording";
import { advice, mapFlag, mremapFlag } from "../../src/abi/linux";
import type { Random } from "../live/random";
import type { FamilySituation } from "./family";

const PAGE = 4096;
type Action =
  | "mmap"
  | "mmapFile"
  | "munmap"
  | "mprotect"
  | "mremap"
  | "madvise"
  | "brk"
  | "read"
  | "write"
  | "stack"
  | "limit"
  | "pages"
  | "core"
  | "smaps"
  | "fork"
  | "on"
  | "exit";

export interface Flavour {
  readonly name: string;
  /** Pages of a new mapping. */
  readonly pages: (random: Random) => number;
  readonly weights: Readonly<Partial<Record<Action, number>>>;
}

const few = (random: Random): number => random.magnitude(1, 14);
const looks = { pages: 1, core: 0.2, smaps: 0.15 };

export const flavours: readonly [Flavour, ...Flavour[]] = [
  { name: "merge", pages: few, weights: { mmap: 10, munmap: 4, mprotect: 1, write: 3, read: 1, ...looks } },
  {
    name: "fork",
    pages: few,
    weights: {
      mmap: 5,
      mmapFile: 1,
      munmap: 1.5,
      mprotect: 2,
      mremap: 1,
      madvise: 2.5,
      brk: 1,
      write: 10,
      read: 4,
      fork: 2,
      on: 4,
      exit: 0.7,
      ...looks,
      pages: 2,
      smaps: 0.6,
    },
  },
  {
    name: "forkHuge",
    pages: (random) => (random.chance(0.8) ? 512 * random.between(1, 4) : random.magnitude(1, 2000)),
    weights: {
      mmap: 4,
      munmap: 1,
      mprotect: 1,
      mremap: 0.5,
      madvise: 5,
      write: 10,
      read: 3,
      fork: 2,
      on: 4,
      exit: 0.7,
      ...looks,
      smaps: 0.6,
    },
  },
  { name: "protect", pages: few, weights: { mmap: 5, munmap: 2, mprotect: 7, write: 4, read: 2, ...looks } },
  { name: "break", pages: few, weights: { brk: 8, mmap: 3, munmap: 2, mprotect: 1, write: 4, read: 1, ...looks } },
  {
    name: "file",
    pages: few,
    weights: { mmapFile: 8, mmap: 1, munmap: 3, mprotect: 2, mremap: 1, madvise: 1, write: 4, read: 5, ...looks },
  },
  {
    name: "advice",
    pages: few,
    weights: { mmap: 5, mmapFile: 2, munmap: 2, madvise: 7, mprotect: 1, write: 6, read: 3, ...looks },
  },
  {
    name: "move",
    pages: few,
    weights: { mmap: 5, mmapFile: 1, munmap: 2, mremap: 8, mprotect: 1, write: 4, read: 1, brk: 0.5, ...looks },
  },
  { name: "stack", pages: few, weights: { stack: 4, mmap: 5, munmap: 3, mprotect: 1, write: 2, read: 1, limit: 1, ...looks } },
  {
    name: "limit",
    pages: few,
    weights: { limit: 4, mmap: 6, munmap: 2, mprotect: 2, mremap: 2, brk: 2, write: 2, stack: 1, ...looks },
  },
  {
    name: "big",
    pages: (random) => (random.chance(0.4) ? 512 * random.between(1, 12) : random.magnitude(1, 20_000)),
    weights: { mmap: 8, mmapFile: 1, munmap: 5, mprotect: 2, mremap: 3, brk: 1, write: 3, read: 1, madvise: 1, ...looks },
  },
  {
    name: "huge",
    pages: (random) => (random.chance(0.7) ? 512 * random.between(1, 5) : random.magnitude(1, 2500)),
    weights: { mmap: 5, munmap: 2, mprotect: 1.5, mremap: 2, madvise: 6, brk: 0.5, write: 8, read: 4, ...looks },
  },
  {
    name: "mixed",
    pages: (random) => (random.chance(0.9) ? few(random) : random.magnitude(1, 5000)),
    weights: {
      mmap: 6,
      mmapFile: 2,
      munmap: 4,
      mprotect: 3,
      mremap: 3,
      madvise: 2,
      brk: 2,
      write: 6,
      read: 3,
      stack: 0.5,
      ...looks,
    },
  },
];

/** Pages that a touch or a look goes over at most. */
const TOUCHED = 24;
const LOOKED = 4096;
/** Pages of the driver's stack that it uses itself. */
const OWN_STACK = 4;
/** VmSize and VmData among the status lines. */
const [VM_SIZE, VM_DATA] = [1, 6];

/** What a call is chosen from. */
export interface Situation extends FamilySituation {
  readonly maps: readonly MapRow[];
  readonly status: readonly number[];
  readonly startBrk: number;
  readonly page0: number;
  /** Mappings of the driver itself, which no call may change. */
  readonly own: ReadonlySet<string>;
  readonly stackLimit: number;
  /** First page that this user may map. */
  readonly lowest: number;
  readonly withFiles: boolean;
}

const address = (value: number): string => `0x${value.toString(16)}`;

/** Private and shared anonymous memory, plain or with one more wish. */
const kinds = [
  mapFlag.PRIVATE,
  mapFlag.PRIVATE,
  mapFlag.PRIVATE,
  mapFlag.PRIVATE,
  mapFlag.PRIVATE,
  mapFlag.PRIVATE | mapFlag.NORESERVE,
  mapFlag.PRIVATE | mapFlag.POPULATE,
  mapFlag.PRIVATE | mapFlag.STACK,
  mapFlag.PRIVATE | mapFlag.GROWSDOWN,
  mapFlag.SHARED,
] as const;
const advices = [
  advice.NORMAL,
  advice.RANDOM,
  advice.SEQUENTIAL,
  advice.WILLNEED,
  advice.DONTNEED,
  advice.DONTNEED,
  advice.DONTNEED,
  advice.FREE,
  advice.FREE,
  advice.DONTFORK,
  advice.DOFORK,
  advice.HUGEPAGE,
  advice.HUGEPAGE,
  advice.HUGEPAGE,
  advice.NOHUGEPAGE,
  advice.DONTDUMP,
  advice.DODUMP,
  advice.WIPEONFORK,
  advice.KEEPONFORK,
  advice.POPULATE_READ,
  advice.POPULATE_WRITE,
  99,
] as const;

export function chooseCall(r: Random, flavour: Flavour, now: Situation): VmOperation["op"] {
  const rows = now.maps
    .filter((row) => !now.own.has(row[0]))
    .map(([start, end]) => ({ start: Number.parseInt(start, 16), end: Number.parseInt(end, 16) }));
  const ownEnd = [...now.maps]
    .filter((row) => now.own.has(row[0]))
    .map(([start, end]) => [Number.parseInt(start, 16), Number.parseInt(end, 16)] as const);
  const forbidden: readonly (readonly [number, number])[] = [...ownEnd, [now.page0 - OWN_STACK * PAGE, now.page0 + 64 * PAGE]];
  const clear = (start: number, bytes: number): boolean =>
    start >= now.lowest && forbidden.every(([from, to]) => start + bytes <= from || start >= to);

  const any = (): { start: number; end: number } => {
    const row = rows[r.below(rows.length)];
    return row ?? { start: now.startBrk, end: now.startBrk + PAGE };
  };
  /** A range that begins in, right before or right after a mapping, now and then not at a page. */
  const range = (pages: number): { at: number; bytes: number } => {
    for (let tries = 0; tries < 20; tries++) {
      const { start, end } = any();
      const length = (end - start) / PAGE;
      const from = r.chance(0.25)
        ? start
        : r.chance(0.2)
          ? end - PAGE * Math.min(pages, length)
          : start + PAGE * r.between(-2, Math.min(length, 4000));
      const bytes = r.chance(0.03) ? pages * PAGE - r.between(1, PAGE - 1) : pages * PAGE;
      const at = r.chance(0.02) ? from + r.between(1, PAGE - 1) : from;
      if (clear(from, pages * PAGE + PAGE)) return { at, bytes };
    }
    return { at: now.lowest, bytes: PAGE };
  };
  const protection = (): number => (r.chance(0.55) ? 3 : r.pick([0, 1, 1, 2, 3, 4, 5, 7]));
  const part = (): { at: number; bytes: number } => range(r.chance(0.6) ? r.magnitude(1, 6) : flavour.pages(r));

  const map = (type: number, file: number, offset: number): VmOperation["op"] => {
    const pages = flavour.pages(r);
    const spot = range(pages);
    const where = r.weighted({ none: 5, hint: 1.5, fixed: 2, free: 2 });
    const force = { none: 0, hint: 0, fixed: mapFlag.FIXED, free: mapFlag.FIXED_NOREPLACE }[where];
    return [
      "mmap",
      where === "none" ? "0x0" : address(spot.at),
      address(where === "none" ? pages * PAGE : spot.bytes),
      protection(),
      type | force,
      file,
      offset,
    ];
  };

  const actions: Readonly<Record<Action, () => VmOperation["op"]>> = {
    mmap: () => map(r.pick(kinds) | mapFlag.ANONYMOUS, -1, 0),
    mmapFile: () =>
      now.withFiles
        ? map(r.pick([mapFlag.PRIVATE, mapFlag.PRIVATE, mapFlag.SHARED]), r.below(2), r.chance(0.4) ? 0 : r.between(0, 60))
        : map(mapFlag.SHARED | mapFlag.ANONYMOUS, -1, 0),
    munmap: () => {
      const { at, bytes } = part();
      return ["munmap", address(at), address(bytes)];
    },
    mprotect: () => {
      const { at, bytes } = part();
      return ["mprotect", address(at), address(bytes), protection()];
    },
    mremap: () => {
      const old = part();
      const same = r.chance(0.3);
      const size = same ? old.bytes : flavour.pages(r) * PAGE;
      const flags = r.pick([0, 1, 1, 1, mremapFlag.MAYMOVE | mremapFlag.FIXED, 3, 5, 7, 2]);
      const to = range(Math.ceil(size / PAGE)).at;
      const fixed = (flags & mremapFlag.FIXED) !== 0 && clear(to, size + PAGE);
      const given = fixed ? flags : flags & ~mremapFlag.FIXED;
      return ["mremap", address(old.at), address(old.bytes), address(size), given, fixed ? address(to) : "0x0"];
    },
    madvise: () => {
      const { at, bytes } = part();
      return ["madvise", address(at), address(bytes), r.pick(advices)];
    },
    brk: () => {
      const pages = r.chance(0.1) ? r.magnitude(100, 100_000) : r.magnitude(1, 40);
      const next = r.chance(0.5) ? now.brk + pages * PAGE : now.brk - Math.min(pages, (now.brk - now.startBrk) / PAGE) * PAGE;
      return [
        "brk",
        address(r.pick([next, next, next, next + r.between(-PAGE, PAGE), now.brk, 0, now.startBrk - PAGE, now.startBrk])),
      ];
    },
    read: () => touch("r"),
    write: () => touch("w"),
    stack: () => ["stack", r.chance(0.1) ? r.magnitude(1, 3000) : r.magnitude(1, 400)],
    limit: () => {
      const near = (kB: number | undefined): number => ((kB ?? 0) + r.between(-100, 400)) * 1024 + r.pick([0, 0, 1, 4095]);
      const [which, bytes] = r.pick([
        [2, near(now.status[VM_DATA])],
        [9, near(now.status[VM_SIZE])],
        [3, r.pick([PAGE * r.between(33, 600), now.stackLimit])],
        [2, -1],
        [9, -1],
        [3, now.stackLimit],
      ]);
      return ["rlimit", which, bytes];
    },
    pages: () => {
      const { start, end } = any();
      return ["pm", address(start), address(Math.min(end - start, LOOKED * PAGE))];
    },
    core: () => {
      const { at, bytes } = part();
      return ["mincore", address(at - (at % PAGE)), address(Math.min(bytes, LOOKED * PAGE))];
    },
    smaps: () => ["smaps"],
    fork: () => (now.nextProcess === null ? touch("w") : ["fork", now.nextProcess]),
    on: () => (now.others.length === 0 ? touch("w") : ["on", now.others[r.below(now.others.length)] ?? 0]),
    exit: () => (now.mayExit ? ["exit", r.below(100)] : touch("w")),
  };
  function touch(how: "r" | "w"): VmOperation["op"] {
    const { at, bytes } = part();
    return [how, address(at + (r.chance(0.1) ? r.below(PAGE) : 0)), address(Math.min(bytes, TOUCHED * PAGE))];
  }
  return actions[r.weighted(flavour.weights)]();
}
