/** Real heaps for tests: a few committed dumps, and all of ../shared/golden when it lies next to the clone. */
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
  readonly tcacheKey: bigint;
  readonly heap: Uint8Array;
  readonly state: Uint8Array;
  readonly par: Uint8Array;
}

function abiOf(abi: string): MallocAbi {
  const found = findMallocAbi("2.36", abi === "i386" ? "i386" : "amd64");
  assert(found !== undefined, "layouts of glibc 2.36 are known");
  return found;
}

const unpack = (text: string): Uint8Array => Uint8Array.from(inflateSync(Buffer.from(text, "base64")));

export const committedDumps: readonly HeapDump[] = committed.heaps.map((dump) => ({
  name: `${dump.name} (${dump.abi})`,
  abi: abiOf(dump.abi),
  heapStart: Number(dump.heapStart),
  brk: Number(dump.brk),
  mainArena: Number(dump.mainArena),
  mp: Number(dump.mp),
  tcacheKey: BigInt(dump.tcacheKey),
  heap: unpack(dump.heap),
  state: unpack(dump.state),
  par: unpack(dump.par),
}));

const golden = resolve(import.meta.dirname, "../../../../shared/golden/ptmalloc");

interface RecordedLine {
  readonly i?: number;
  readonly brk?: string;
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
    abi: string;
    heap_start: string;
    main_arena: string;
    mp_: string;
    tcache_key: string;
  };
  return lines.slice(1).flatMap((line) => {
    if (!line.includes('"heap_z"')) return [];
    const dump = JSON.parse(line) as RecordedLine;
    const heap = unpack(dump.heap_z ?? "");
    return [
      {
        name: `${folder}/${file} operation ${dump.i}`,
        abi: abiOf(header.abi),
        heapStart: Number(header.heap_start),
        brk: Number(header.heap_start) + heap.length,
        mainArena: Number(header.main_arena),
        mp: Number(header["mp_"]),
        tcacheKey: BigInt(header.tcache_key),
        heap,
        state: Uint8Array.from(Buffer.from(dump.ms, "base64")),
        par: Uint8Array.from(Buffer.from(dump.mpb, "base64")),
      },
    ];
  });
}

/** All dumps of glibc 2.36 without threads; empty when the recordings are not there. */
export function goldenDumps(): HeapDump[] {
  if (!existsSync(golden)) return [];
  return readdirSync(golden)
    .filter((folder) => folder.startsWith("2.36"))
    .flatMap((folder) =>
      readdirSync(join(golden, folder))
        .filter((file) => !file.startsWith("threads"))
        .flatMap((file) => dumpsOf(folder, file)),
    );
}

export function viewOf(dump: HeapDump): MemoryView {
  return recordedView([
    { addr: dump.heapStart, bytes: dump.heap },
    { addr: dump.mainArena, bytes: dump.state },
    { addr: dump.mp, bytes: dump.par },
  ]);
}

const sites = new WeakMap<HeapDump, HeapSite>();

/** A recording does not hold the thread's tcache pointer: the struct is the first chunk of its size. */
export function siteOfDump(dump: HeapDump): HeapSite {
  const known = sites.get(dump) ?? findSite(dump);
  sites.set(dump, known);
  return known;
}

function findSite(dump: HeapDump): HeapSite {
  const site = { ...dump, wordBytes: dump.abi.wordBytes, tcache: 0 };
  const { chunks } = decodeHeap(viewOf(dump), dump.abi, site);
  const wanted = Math.ceil(((dump.abi.tcache?.sizeBytes ?? 0) + dump.abi.wordBytes) / dump.abi.alignment) * dump.abi.alignment;
  const row = chunks.size.indexOf(wanted);
  return { ...site, tcache: row < 0 ? 0 : (chunks.addr[row] ?? 0) + 2 * dump.abi.wordBytes };
}
