/** Which markers prove from where a call was served, or where a freed block went. The last proof counts: a call may try several places. */
import type { ApiName } from "../../abi/api";
import { findMallocAbi } from "../../abi/glibc-structs";
import { type MarkName, marks } from "../../abi/marks";
import type { OperationPath } from "../../protocol/messages";

/** Bins from this index on are large; the same in every glibc. */
const FIRST_LARGE_BIN = findMallocAbi("2.36", "amd64")?.firstLargeBin ?? 64;

/** `bin`: small or large by the marker's first operand, a bin index. */
type Proof = OperationPath | "bin";

const served: Partial<Record<MarkName, Proof>> = {
  TcacheHit: "tcache",
  SmallTcacheHit: "tcache",
  LargeTcacheHit: "tcache",
  MemalignEntry: "tcache",
  FastbinHit: "fast",
  SmallBinHit: "small",
  UnsortedExact: "unsorted",
  UnsortedReturnCached: "unsorted",
  SplitLastRemainder: "unsorted",
  LargestFits: "large",
  BinmapHit: "bin",
  TopFits: "top",
  Sysmalloc: "sysmalloc",
  MmapGot: "mmap",
  MmapLikeHeapGot: "mmap",
  ReallocIntoTop: "top",
  MremapSame: "mmap",
  MremapGot: "mmap",
  Abort: "error",
};

const freed: Partial<Record<MarkName, Proof>> = {
  TcachePut: "tcache",
  FastPut: "fast",
  FreeToUnsorted: "unsorted",
  FreeToSmallBin: "small",
  MergeIntoTop: "top",
  MunmapChunk: "mmap",
  Abort: "error",
};

function tableOf(proofs: Partial<Record<MarkName, Proof>>): readonly (Proof | undefined)[] {
  const table: (Proof | undefined)[] = [];
  for (const { id, name } of marks) table[id] = proofs[name];
  return table;
}

const servedById = tableOf(served);
const freedById = tableOf(freed);
const decides: readonly boolean[] = [false, ...marks.map((mark) => mark.decides)];

/** The path that a marker proves, null when it proves none: `answer` is a decision's outcome, `a` the marker's first operand. */
export function pathOfMark(api: ApiName, id: number, answer: number, a: number): OperationPath | null {
  const proof = (api === "free" ? freedById : servedById)[id];
  if (proof === undefined || (decides[id] === true && answer === 0)) return null;
  return proof === "bin" ? (a >= FIRST_LARGE_BIN ? "large" : "small") : proof;
}
