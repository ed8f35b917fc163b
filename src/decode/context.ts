/** What every heap decoder is handed: where to read, how this glibc lays things out, where its objects are, and where to report. */
import { findMallocAbi, type MallocAbi } from "../abi/glibc-structs";
import type { ProcessInfo } from "../abi/process-info";
import { threadState } from "../abi/threads";
import type { ThreadFacts } from "./threads";
import type { HeapProblem, HeapSite, MemoryView, ProblemCode } from "./types";
import { type WordReader, wordReader } from "./words";

/** Problems beyond this many are counted, not listed: a heap full of garbage must stay readable and fast. */
export const PROBLEM_LIMIT = 512;
/** Longest list that is followed; longer ones end with "limit". */
export const LIST_LIMIT = 1 << 20;

export interface Context {
  readonly memory: MemoryView;
  readonly reader: WordReader;
  readonly abi: MallocAbi;
  readonly site: HeapSite;
  readonly problems: HeapProblem[];
}

export function heapContext(memory: MemoryView, abi: MallocAbi, site: HeapSite): Context {
  return { memory, reader: wordReader(memory, abi.wordBytes), abi, site, problems: [] };
}

/** Adds a problem; reads the word at `at` itself. */
export function report(
  context: Context,
  code: ProblemCode,
  at: number,
  more: { readonly chunkAddr?: number; readonly value?: bigint; readonly expected?: number | bigint; readonly bin?: number } = {},
): void {
  if (context.problems.length >= PROBLEM_LIMIT) return;
  context.problems.push({
    code,
    at,
    chunkAddr: more.chunkAddr ?? -1,
    value: more.value ?? context.reader.bytes(at, context.abi.wordBytes) ?? 0n,
    expected: more.expected === undefined ? null : BigInt(more.expected),
    bin: more.bin ?? -1,
  });
}

/** A whole number as bigint, whatever arithmetic on garbage made of it. */
export function big(value: number): bigint {
  return Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
}

/** Addresses of the threads' own `tcache` variables: at the same distance from each one's thread pointer. */
function tcacheVariables(
  process: ProcessInfo,
  threads: readonly ThreadFacts[],
): { readonly own: number; readonly others: number[] } {
  const variable = ({ fromMain }: ThreadFacts): number => process.tcachePointer + fromMain;
  const here = threads.find(({ current }) => current);
  const alive = threads.filter((thread) => thread !== here && thread.state !== threadState.gone);
  return { own: here === undefined ? process.tcachePointer : variable(here), others: alive.map(variable) };
}

/**
 * Where malloc's objects are: follows the tcache variable of the thread that runs, and of the others where they are given. Undefined when
 * this glibc's layout is not known.
 */
export function siteOf(
  memory: MemoryView,
  process: ProcessInfo,
  brk: number,
  threads: readonly ThreadFacts[] = [],
): { readonly abi: MallocAbi; readonly site: HeapSite } | undefined {
  const abi = findMallocAbi(process.glibc, process.abi);
  if (abi === undefined) return undefined;
  const reader = wordReader(memory, abi.wordBytes);
  const variables = process.tcachePointer > 0 && abi.tcache !== null ? tcacheVariables(process, threads) : { own: 0, others: [] };
  const follow = (variable: number): number => (variable > 0 ? Math.max(0, reader.word(variable)) : 0);
  const tcache = follow(variables.own);
  return {
    abi,
    site: {
      wordBytes: abi.wordBytes,
      heapStart: process.heapStart,
      brk,
      mainArena: process.mainArena,
      mp: process.mp,
      tcache,
      otherTcaches: variables.others.map(follow).filter((addr) => addr > 0 && addr !== tcache),
      tcacheKey: abi.tcacheKey === "random" && process.tcacheKey > 0 ? reader.exact(process.tcacheKey) : null,
    },
  };
}
