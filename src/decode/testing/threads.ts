/** A real process with arenas beyond the main one; see threads.json for its origin. */
import { inflateSync } from "node:zlib";
import { findMallocAbi, type MallocAbi } from "../../abi/glibc-structs";
import { assert } from "../../base";
import { recordedView, type RecordedBytes } from "../memory";
import type { HeapSite, MemoryView } from "../types";
import recorded from "./threads.json";

const unpack = (text: string): Buffer => inflateSync(Buffer.from(text, "base64"));

function piecesOf(bytes: Buffer): RecordedBytes[] {
  const pieces: RecordedBytes[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at + 8));
    pieces.push({ addr: Number(bytes.readBigUInt64LE(at)), bytes: Uint8Array.from(bytes.subarray(at + 16, at + 16 + length)) });
    at += 16 + length;
  }
  return pieces;
}

const abi = findMallocAbi(recorded.glibc, "amd64");
assert(abi !== undefined, "its layouts are known");
const [tcache = 0, ...otherTcaches] = recorded.tcaches.map(Number);

export const threadedProcess: {
  readonly abi: MallocAbi;
  readonly site: HeapSite;
  readonly pieces: readonly RecordedBytes[];
  /** User addresses of blocks that were handed out and not freed. */
  readonly live: readonly number[];
} = {
  abi,
  site: {
    wordBytes: 8,
    heapStart: Number(recorded.heapStart),
    brk: Number(recorded.brk),
    mainArena: Number(recorded.mainArena),
    mp: Number(recorded.mp),
    tcache,
    otherTcaches,
    tcacheKey: BigInt(recorded.tcacheKey),
  },
  pieces: piecesOf(unpack(recorded.pieces)),
  live: JSON.parse(unpack(recorded.live).toString("utf8")) as number[],
};

/** Its memory; pages that hold nothing but zeros were not recorded, and are unknown. */
export function threadedView(pieces: readonly RecordedBytes[] = threadedProcess.pieces): MemoryView {
  return recordedView(pieces);
}
