import { type Flavour, type Target, targets } from "./flavours";
import { type Random, random } from "./random";

/** A block the script holds: the slot that keeps its pointer and the size it asked for. */
interface Block {
  readonly slot: number;
  readonly size: number;
}

const FIRST_SLOT = 1;
const SLOTS = 60_000;

/** mallopt parameters (malloc.h) and values around their limits. */
const options: readonly [
  readonly [number, readonly [number, ...number[]]],
  ...(readonly [number, readonly [number, ...number[]]])[],
] = [
  [1, [0, 16, 64, 80, 128, 160, 161, -1]], //          M_MXFAST
  [-1, [0, 4096, 65_536, 131_072, 1 << 20]], //        M_TRIM_THRESHOLD
  [-2, [0, 4096, 100_000, 131_072]], //                M_TOP_PAD
  [-3, [1024, 4096, 65_536, 131_072, 32 << 20, (32 << 20) + 1]], // M_MMAP_THRESHOLD
  [-4, [0, 1, 3, 65_536]], //                          M_MMAP_MAX
  [-6, [0, 0x5a, 0xa5, 255, 263]], //                  M_PERTURB
  [-99, [1]], //                                       unknown
];
/** Numbers that mean something in one width only. None of the sizes can be had, however much memory there is. */
const extremes = {
  amd64: {
    huge: ["0x7fffffffffffffff", "0x8000000000000000", "0xffffffffffffffff", "0xffffffffffffff9c", "0x7ffffffffffff000"],
    /** Times 8 or 16 they are more than a word holds. */
    counts: ["0x2000000000000001", "0x4000000000000000"],
    alignments: ["0x8000000000000000", "0x4000000000000000"],
    text: "0x4141414141414141",
    wild: "0x555555554010",
    negative: "0xfffffffffffff001",
  },
  i386: {
    huge: ["0x80000000", "0xffffffff", "0xffffff9c", "0x80000001", "0xfffff000"],
    counts: ["0x20000001", "0x40000000"],
    alignments: ["0x80000000", "0x40000000"],
    text: "0x41414141",
    wild: "0x56555010",
    negative: "0xfffff001",
  },
} as const;

/** Rows of the simulated process's thread table, main's and some to spare apart. */
const MOST_THREADS = 50;

/**
 * A random script in the language of docs/trace-format.md: `count` operations or a few more, one a line, deterministic for (flavour, seed).
 * Threads take turns; who makes a call is as random as the call. Writes stay inside live blocks except for the flavour that misuses the heap.
 */
export function makeScript(flavour: Flavour, seed: number, count: number, target: Target = targets.amd64): readonly string[] {
  const r = random(seed);
  const lines: string[] = [];
  const blocks: Block[] = [];
  let nextSlot = FIRST_SLOT;

  const alive: number[] = [];
  let created = 0;
  let inChild = false;
  let prefix = "";
  const emit = (...words: readonly (string | number)[]): void => void lines.push(prefix + words.join(" "));
  const anySize = (): number => Math.floor(flavour.size(r, target));
  const newSlot = (): number => (nextSlot < SLOTS ? nextSlot++ : (nextSlot = FIRST_SLOT));
  const take = (): Block | undefined => blocks.splice(r.below(blocks.length), 1)[0];
  const any = (): Block | undefined => blocks[r.below(blocks.length)];
  const hold = (slot: number, size: number): void => {
    blocks.push({ slot, size });
    if (size > 0 && r.chance(flavour.fill)) write(r, emit, slot, size);
  };

  const malloc = (size: number): number => {
    const slot = newSlot();
    emit("m", slot, size);
    hold(slot, size);
    return slot;
  };
  const realloc = (): void => {
    const block = take();
    if (!block) return;
    const size = newSize(r, block.size, anySize());
    const to = r.chance(0.8) ? block.slot : newSlot();
    emit("r", block.slot, to, size);
    if (size > 0) hold(to, size);
  };
  const align = (): void => {
    const slot = newSlot();
    const size = anySize();
    const alignment = r.chance(0.95) ? 2 ** r.between(3, r.chance(0.7) ? 8 : 13) : r.pick([0, 3, 24, 100, 4095]);
    emit(r.pick(["a", "p", "A"]), slot, alignment, size);
    // Only a power of two is sure to give a block that may be written to.
    if (Number.isInteger(Math.log2(alignment))) hold(slot, size);
  };

  const act = {
    malloc: () => void malloc(anySize()),
    calloc: () => {
      const slot = newSlot();
      const each = r.pick([1, 1, 2, 4, 8]);
      const n = Math.ceil(anySize() / each);
      emit("c", slot, n, each);
      hold(slot, n * each);
    },
    free: () => {
      const block = take();
      if (block) emit("f", block.slot);
    },
    realloc,
    align,
    page: () => {
      const slot = newSlot();
      const size = r.between(0, 9000);
      emit(r.pick(["v", "P"]), slot, size);
      hold(slot, size);
    },
    usable: () => emit("u", any()?.slot ?? 0),
    trim: () => emit("t", r.pick([0, 0, 1, 4096, 65_536, 1 << 20])),
    mallopt: () => {
      const [parameter, values] = r.pick(options);
      emit("o", parameter, r.pick(values));
    },
    sbrk: () => emit("b", r.pick([4096, 8192, 65_536, 16, 1, 100])),
    burst: () => {
      const size = anySize();
      const slots = Array.from({ length: r.between(3, 15) }, () => malloc(size));
      const freed = slots.slice(0, r.between(1, slots.length));
      if (r.chance(0.5)) freed.reverse();
      for (const slot of freed) {
        emit("f", slot);
        blocks.splice(
          blocks.findIndex((block) => block.slot === slot),
          1,
        );
      }
    },
    edge: () => edge(r, emit, newSlot(), any()?.slot ?? 0, target),
    misuse: () => misuse(r, emit, any(), newSlot(), target),
    fork: () => {
      if (created === MOST_THREADS) return;
      created++;
      const childGoesOn = r.chance(alive.length > 2 ? 0.3 : 0.03);
      emit(childGoesOn ? "K" : "k");
      if (!childGoesOn) return;
      alive.length = 0;
      prefix = "";
      inChild = true;
    },
    spawn: () => {
      // The stacks of threads that a child does not have are for its own to use, which is not simulated.
      if (inChild) return;
      if (alive.length >= (flavour.threads ?? 0) || created === MOST_THREADS) return;
      const thread = Array.from({ length: alive.length + 1 }, (_, n) => n + 1).find((n) => !alive.includes(n)) ?? 0;
      created++;
      lines.push(`S ${thread}`);
      alive.push(thread);
    },
    leave: () => {
      const [thread] = alive.splice(r.below(alive.length), 1);
      if (thread !== undefined) lines.push(`X ${thread}`);
    },
  };

  // Something must initialise malloc before anything can be freed inside it, or the first tcache key would still be random.
  malloc(anySize());
  for (const [parameter, value] of flavour.first?.(target) ?? []) emit("o", parameter, value);
  if (flavour.weights.mallopt) act.mallopt();
  while (lines.length < Math.min(count, flavour.operations ?? count)) {
    // Alternates between growing, holding and shrinking.
    const lean = r.pick([1.8, 1, 1, 0.4]);
    const { malloc: more = 0, ...rest } = flavour.weights;
    for (let left = r.between(10, 60); left > 0; left--) {
      const thread = alive[r.below(alive.length)];
      prefix = thread === undefined || r.chance(0.15) ? "" : `T ${thread} `;
      act[blocks.length >= flavour.live ? "free" : r.weighted({ malloc: more * lean, ...rest })]();
    }
  }
  return lines;
}

type Emit = (...words: readonly (string | number)[]) => void;

/** Writes inside a block: all of it, some bytes, or one word. */
function write(r: Random, emit: Emit, slot: number, size: number): void {
  if (r.chance(0.4)) {
    emit("F", slot, 0, r.between(1, 255), Math.min(size, 1 << 16));
    return;
  }
  const length = Math.min(size, r.between(1, 16));
  const hex = Array.from({ length }, () => r.below(256).toString(16).padStart(2, "0")).join("");
  emit("w", slot, r.below(size - length + 1), hex);
}

/** A size for realloc: a little more or less, half, double, or something else. */
function newSize(r: Random, old: number, other: number): number {
  switch (r.weighted({ grow: 5, shrink: 4, double: 3, other: 6, zero: 0.3 })) {
    case "grow":
      return old + r.between(1, 64);
    case "shrink":
      return Math.max(1, old - r.below(old + 1));
    case "double":
      return Math.min(old * 2 + 1, 1_500_000);
    case "zero":
      return 0;
    default:
      return Math.max(1, other);
  }
}

/** Arguments at the ends of their ranges. None of them gives a block to write to. */
function edge(r: Random, emit: Emit, slot: number, live: number, { abi }: Target): void {
  const { huge: sizes, counts, alignments } = extremes[abi];
  const huge = r.pick(sizes);
  switch (r.weighted({ malloc: 3, calloc: 2, realloc: 2, align: 2, posix: 2, page: 1, null: 3, zero: 1 })) {
    case "malloc":
      return emit("m", slot, huge);
    case "calloc":
      return emit("c", slot, r.pick(counts), r.pick([8, 16]));
    case "realloc":
      return emit("r", live, slot, huge);
    case "align":
      return emit("a", slot, r.pick(["16", "4096", ...alignments]), huge);
    case "posix":
      return emit("p", slot, r.pick(["0", "3", "8", "24", "4096", alignments[0]]), huge);
    case "page":
      return emit(r.pick(["v", "P"]), slot, huge);
    case "null":
      return emit("f", 0);
    default:
      return emit("u", 0);
  }
}

/** One of the classic mistakes. What follows in the script shows when malloc notices. */
function misuse(r: Random, emit: Emit, block: Block | undefined, slot: number, { abi, wordBytes }: Target): void {
  if (!block) return;
  const { text, wild, negative } = extremes[abi];
  const usable = Math.max(4 * wordBytes, Math.ceil((block.size + wordBytes) / 16) * 16) - wordBytes;
  switch (r.weighted({ again: 4, use: 3, overflow: 4, inside: 2, wild: 1, header: 3 })) {
    case "again": // free twice, sometimes with other blocks between
      emit("f", block.slot);
      if (r.chance(0.5)) emit("m", slot, block.size);
      return emit("f", block.slot);
    case "use": // write after free
      emit("f", block.slot);
      return emit("N", block.slot, r.pick([0, wordBytes]), r.pick(["0", "0x41", text]));
    case "overflow": // past the end, into the next chunk's size
      return emit("F", block.slot, 0, r.pick([0, 0x41, 0xff]), usable + r.pick([1, wordBytes]));
    case "inside": // not the start of a block
      return emit("z", block.slot, r.pick([1, wordBytes, 16, 32, -16]));
    case "wild":
      return emit("Z", r.pick(["0x1230", "0x10", wild]));
    default: // own header
      return emit("N", block.slot, -wordBytes, r.pick(["0", "0x11", "0x21", "0x91", "0x421", "0x100001", negative]));
  }
}
