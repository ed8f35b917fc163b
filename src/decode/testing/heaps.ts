/** Real heaps for tests: a few committed dumps of the versions that differ, and all of ../shared/golden when it lies next to the clone. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gunzipSync, inflateSync } from "node:zlib";
import { findMallocAbi, type MallocAbi } from "../../abi/glibc-structs";
import { assert } from "../../base";
import { decodeHeap } from "../heap";
import { recordedView } from "../memory";
import type { HeapSite, MemoryView } from "../types";
import committed from "./heaps.json";

/** One recorded instant: bytes and where they were. */
export interface HeapDump {
  readonly name: string;
  readonly abi: MallocAbi;
  readonly heapStart: number;
  readonly brk: number;
  readonly mainArena: number;
  readonly mp: number;
  /** Null where it is none or an address. */
  readonly tcacheKey: bigint | null;
  /** What the recorder itself read from main_arena, and whether there were other arenas, of which a recording holds no bytes. */
  readonly recorded: { readonly top: number; readonly systemBytes: number; readonly otherArenas: boolean } | null;
  readonly heap: Uint8Array;
  readonly state: Uint8Array;
  readonly par: Uint8Array;
}

function abiOf(glibc: string, abi: string): MallocAbi {
  const found = findMallocAbi(glibc, abi === "i386" ? "i386" : "amd64");
  assert(found !== undefined, `layouts of glibc ${glibc} are known`);
  return found;
}

const unpack = (text: string): Uint8Array => Uint8Array.from(inflateSync(Buffer.from(text, "base64")));

export const committedDumps: readonly HeapDump[] = committed.heaps.map((dump) => ({
  name: `${dump.name} (${dump.glibc} ${dump.abi})`,
  abi: abiOf(dump.glibc, dump.abi),
  heapStart: Number(dump.heapStart),
  brk: Number(dump.brk),
  mainArena: Number(dump.mainArena),
  mp: Number(dump.mp),
  tcacheKey: dump.tcacheKey === undefined ? null : BigInt(dump.tcacheKey),
  recorded: null,
  heap: unpack(dump.heap),
  state: unpack(dump.state),
  par: unpack(dump.par),
}));

const golden = resolve(import.meta.dirname, "../../../../shared/golden/ptmalloc");

interface RecordedLine {
  readonly i?: number;
  readonly top: string;
  readonly sm: string;
  readonly arenas?: unknown;
  readonly heap_z?: string;
  readonly ms: string;
  readonly mpb: string;
}

/** Dumps of one recording: its `d` operations. */
function dumpsOf(folder: string, file: string): HeapDump[] {
  const lines = gunzipSync(readFileSync(join(golden, folder, file)))
    .toString("utf8")
    .trim()
    .split("\n");
  const header = JSON.parse(lines[0] ?? "{}") as {
    version: string;
    abi: string;
    heap_start: string;
    main_arena: string;
    mp_: string;
    tcache_key?: string;
  };
  return lines.slice(1).flatMap((line) => {
    if (!line.includes('"heap_z"')) return [];
    const dump = JSON.parse(line) as RecordedLine;
    const heap = unpack(dump.heap_z ?? "");
    return [
      {
        name: `${folder}/${file} operation ${dump.i}`,
        abi: abiOf(header.version, header.abi),
        heapStart: Number(header.heap_start),
        brk: Number(header.heap_start) + heap.length,
        mainArena: Number(header.main_arena),
        mp: Number(header["mp_"]),
        tcacheKey: header.tcache_key === undefined ? null : BigInt(header.tcache_key),
        recorded: { top: Number(dump.top), systemBytes: Number(dump.sm), otherArenas: dump.arenas !== undefined },
        heap,
        state: Uint8Array.from(Buffer.from(dump.ms, "base64")),
        par: Uint8Array.from(Buffer.from(dump.mpb, "base64")),
      },
    ];
  });
}

/** All dumps of every version; empty when the recordings are not there. */
export function goldenDumps(): HeapDump[] {
  if (!existsSync(golden)) return [];
  return readdirSync(golden).flatMap((folder) => readdirSync(join(golden, folder)).flatMap((file) => dumpsOf(folder, file)));
}

export function viewOf(dump: HeapDump): MemoryView {
  return recordedView([
    { addr: dump.heapStart, bytes: dump.heap },
    { addr: dump.mainArena, bytes: dump.state },
    { addr: dump.mp, bytes: dump.par },
  ]);
}

const sites = new WeakMap<HeapDump, HeapSite>();

/** A recording does not hold the threads' tcache pointers: the structs are chunks of their size whose counts and lists agree. */
export function siteOfDump(dump: HeapDump): HeapSite {
  const known = sites.get(dump) ?? findSite(dump);
  sites.set(dump, known);
  return known;
}

function findSite(dump: HeapDump): HeapSite {
  const { abi } = dump;
  const site = { ...dump, wordBytes: abi.wordBytes, tcache: 0 };
  if (abi.tcache === null) return site;
  const { chunks } = decodeHeap(viewOf(dump), abi, site);
  const wanted = Math.ceil((abi.tcache.sizeBytes + abi.wordBytes) / abi.alignment) * abi.alignment;
  const candidates: number[] = [];
  for (let row = 0; row < chunks.heapCount; row++)
    if (chunks.size[row] === wanted) candidates.push((chunks.addr[row] ?? 0) + 2 * abi.wordBytes);
  const sound = candidates.filter((tcache) => {
    const facts = decodeHeap(viewOf(dump), abi, { ...site, tcache });
    const [found] = facts.tcaches;
    const listed = found?.lists.some((list) => list.entries.length > 0) ?? false;
    return listed && !facts.problems.some(({ bin }) => bin >= 0 && bin < (found?.lists.length ?? 0));
  });
  const [tcache = candidates[0] ?? 0, ...otherTcaches] = sound;
  return { ...site, tcache, otherTcaches };
}
