/**
 * libc's image in the address space, release by release: its segments, the pages written before main, and where stdio's and other data of
 * libc stand. Debian's 2.36 is measured (src/abi/layouts.ts); the other builds are upstream's, from /proc/self/maps of recorded processes.
 * Releases without a recording have their neighbour's segments with the text as long as their symbols' addresses tell.
 */
import type { Release } from "./glibc-features";
import { findMallocAbi } from "./glibc-structs";
import type { GlibcSymbols } from "./glibc-symbols";
import { type LibrarySpec, libc236, type SegmentRow } from "./layouts";
import { PAGE_SIZE } from "./machine-memory";

export interface LibcImage extends LibrarySpec {
  /** Bytes from the base to the end of bss. */
  readonly sizeBytes: number;
  /** stdout's FILE, and 512 bytes that hold nothing we simulate otherwise: offsets from the base. */
  readonly stdoutFile: number;
  readonly data: number;
}

/** Pages of headers, text, rodata, relro, data, bss, and pages by which relro and data lie behind their place in the file. */
type Shape = readonly [headers: number, text: number, rodata: number, relro: number, data: number, bss: number, lag: number];

// biome-ignore format: one build a line
const shapes: Partial<Readonly<Record<Release, Shape>>> = {
  "2.12.1": [0x1f, 0xf5, 0x4f, 4, 1, 6, 0],
  "2.23": [0x23, 0x12b, 0x46, 4, 2, 5, 1],
  "2.24": [0x23, 0x12b, 0x46, 4, 2, 5, 1],
  "2.26": [0x24, 0x136, 0x49, 3, 3, 4, 1],
  "2.27": [0x25, 0x138, 0x49, 3, 3, 4, 1],
  "2.28": [0x25, 0x13a, 0x49, 3, 3, 4, 1],
  "2.29": [0x25, 0x13c, 0x49, 3, 3, 4, 0],
  "2.30": [0x25, 0x13e, 0x4a, 3, 3, 4, 0],
  "2.31": [0x25, 0x13d, 0x4a, 3, 3, 4, 0],
  "2.32": [0x25, 0x13d, 0x4c, 3, 3, 4, 1],
  "2.33": [0x25, 0x140, 0x4c, 3, 3, 4, 1],
  "2.34": [0x2c, 0x165, 0x54, 3, 3, 0xa, 1],
  "2.35": [0x2c, 0x165, 0x54, 3, 3, 0xa, 0],
  "2.37": [0x22, 0x147, 0x54, 4, 2, 0xa, 0],
  "2.38": [0x22, 0x1a9, 0x54, 4, 2, 0xa, 0],
  "2.39": [0x24, 0x149, 0x56, 4, 2, 0xa, 1],
  "2.40": [0x24, 0x14a, 0x56, 4, 2, 0xa, 1],
  "2.41": [0x24, 0x14a, 0x56, 4, 2, 0xa, 0],
  "2.42": [0x24, 0x14a, 0x57, 4, 2, 0xa, 1],
  "2.43": [0x24, 0x14a, 0x56, 4, 2, 0xa, 1],
};

const perms = ["r--p", "r-xp", "r--p", "r--p", "rw-p"] as const;

function segmentsOf([headers, text, rodata, relro, data, bss, lag]: Shape): readonly SegmentRow[] {
  const rows: SegmentRow[] = [];
  let at = 0;
  for (const [index, pages] of [headers, text, rodata, relro, data].entries()) {
    rows.push([at, pages * PAGE_SIZE, perms[index] ?? "r--p", at - (index >= 3 ? lag * PAGE_SIZE : 0)]);
    at += pages * PAGE_SIZE;
  }
  return [...rows, [at, bss * PAGE_SIZE, "rw-p", null]];
}

/** Offsets of pages in [start, end). */
function pagesIn(start: number, end: number): number[] {
  const first = start - (start % PAGE_SIZE);
  return Array.from({ length: Math.ceil((end - first) / PAGE_SIZE) }, (_, page) => first + page * PAGE_SIZE);
}

/** Pages that hold malloc's own variables. */
function pagesOfSymbols(symbols: GlibcSymbols): number[] {
  const abi = findMallocAbi(symbols.glibc, symbols.abi);
  const { mainArena, mp, tcacheKey, globalMaxFast, perturbByte, mallocInitialized, curbrk, abortMessage, hooks, checkAction } =
    symbols;
  const words = [tcacheKey, globalMaxFast, perturbByte, mallocInitialized, curbrk, abortMessage, hooks, checkAction];
  return [
    ...pagesIn(mainArena, mainArena + (abi?.mallocState.sizeBytes ?? 0)),
    ...pagesIn(mp, mp + (abi?.mallocPar.sizeBytes ?? 0)),
    ...words.flatMap((at) => pagesIn(at, at + 8)),
  ];
}

/** The image of the build that the symbols are of; undefined when its segments are not known. */
export function libcImage(symbols: GlibcSymbols): LibcImage | undefined {
  if (symbols.abi === "i386") return image32(symbols);
  if (symbols.build === "debian") return { ...libc236, sizeBytes: endOf(libc236.segments), stdoutFile: 0x1d4760, data: 0x1d9000 };
  const shape = shapes[symbols.glibc];
  if (shape === undefined) return undefined;
  const segments = segmentsOf(shape);
  const sizeBytes = endOf(segments);
  // The last page of bss holds what is not malloc's.
  const data = sizeBytes - PAGE_SIZE;
  const own = segments.slice(3, 5).flatMap(([start, bytes]) => pagesIn(start, start + bytes));
  const touched = [...new Set([...own, ...pagesOfSymbols(symbols), data])].toSorted((a, b) => a - b);
  return { path: libc236.path, inode: libc236.inode, segments, sizeBytes, read: [], touched, data, stdoutFile: data + 0x900 };
}

/** Pages of the parts of i386 builds, text apart: it is as long as the address of main_arena, in the data behind it, tells. */
function image32(symbols: GlibcSymbols): LibcImage {
  const [headers, rodata, relro, data, bss, lag] = symbols.glibc === "2.31" ? [0x1d, 0x70, 2, 2, 2, 1] : [0x1e, 0x80, 2, 1, 5, 0];
  const dataPage = Math.floor(Math.min(symbols.mainArena, symbols.mp) / PAGE_SIZE);
  const segments = segmentsOf([headers, dataPage - headers - rodata - relro, rodata, relro, data, bss, lag]);
  const sizeBytes = endOf(segments);
  const spare = sizeBytes - PAGE_SIZE;
  const touched = [...new Set([...pagesIn((dataPage - relro) * PAGE_SIZE, sizeBytes), ...pagesOfSymbols(symbols)])];
  const place = { path: "/usr/lib/i386-linux-gnu/libc.so.6", inode: 6046237, data: spare, stdoutFile: spare + 0x900 };
  return { ...place, segments, sizeBytes, read: [], touched: touched.toSorted((a, b) => a - b) };
}

function endOf(segments: readonly SegmentRow[]): number {
  return segments.reduce((end, [start, bytes]) => Math.max(end, start + bytes), 0);
}
