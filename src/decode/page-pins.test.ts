/** Why pages stay, on programs that run: what is said of a page is compared with what free and malloc_trim then do to it. */
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { PAGE_SIZE } from "../abi/machine-memory";
import type { RunSummary } from "../protocol/messages";
import { builtinScenario } from "../scenario/builtin";
import { defaultMachine, type MachineSettings, type Scenario } from "../scenario/scenario";
import type { Session } from "../session/index";
import { connectInThread } from "../worker/testing/in-thread";
import { type Context, heapContext, siteOf } from "./context";
import { decodeHeap } from "./heap";
import { machineView } from "./memory";
import { pageHeld } from "./page-pins";
import { vmaPages } from "./pages";
import { decodeThreads } from "./threads";
import { trimRanges } from "./trim";
import { chunkState, type AddressSpace, type HeapFacts } from "./types";
import { chunkMappings, decodeAddressSpace, mappedRanges } from "./vmas";

afterEach(() => {
  vi.unstubAllGlobals();
});

interface Now {
  readonly context: Context;
  readonly heap: HeapFacts;
  readonly space: AddressSpace;
}

async function open(session: Session, scenario: Scenario): Promise<RunSummary> {
  const opened = await session.open(scenario, { budget: 5_000_000, cursor: null });
  if (opened.type !== "opened") throw new Error(JSON.stringify(opened.diagnostics));
  return opened.summary;
}

async function at(session: Session, summary: RunSummary, cursor: number): Promise<Now> {
  await session.seek(cursor);
  const space = decodeAddressSpace(session.memory);
  const view = machineView(session.memory, mappedRanges(space));
  const place = siteOf(view, summary.process, space.brk, decodeThreads(session.memory));
  if (place === undefined) throw new Error("unknown glibc");
  const users = new Set(summary.operations.map(({ result }) => result).filter((result) => result > 0));
  const heap = decodeHeap(view, place.abi, place.site, { mappings: chunkMappings(space), users });
  return { context: heapContext(view, place.abi, place.site), heap, space };
}

/** The cursor at the end of the nth call of `api`. */
function endOf(summary: RunSummary, api: string, nth: number): number {
  const operation = summary.operations.filter((entry) => entry.api === api).at(nth);
  if (operation === undefined) throw new Error(`no such ${api}`);
  return operation.end;
}

const held = ({ context, heap }: Now, addr: number) => pageHeld(context, heap, Math.floor(addr / PAGE_SIZE) * PAGE_SIZE, "heap");

describe("the memory hole", () => {
  it("is kept by the one live chunk above it; malloc_trim would give back its whole pages, and freeing the chunk does", async () => {
    const session = await connectInThread(true);
    const summary = await open(session, builtinScenario("top-and-memory-hole"));
    const blocks = summary.operations.filter(({ api, result }) => api === "malloc" && result > 0).map(({ result }) => result);
    const [first = 0] = blocks;
    const pin = blocks[8] ?? 0;
    const now = await at(session, summary, endOf(summary, "free", 7));
    const middle = held(now, first + 5 * PAGE_SIZE);
    expect(middle.because).toEqual({ code: "below", chunkAddr: first - 16, above: pin - 16, aboveState: chunkState.inuse });
    expect(middle.pins).toHaveLength(1);
    expect(middle.liveBytes).toBe(0);
    expect(middle.trim).toEqual({
      by: "madvise",
      from: Math.ceil((first + 32) / PAGE_SIZE) * PAGE_SIZE,
      to: Math.floor((pin - 16) / PAGE_SIZE) * PAGE_SIZE,
    });
    const under = held(now, pin);
    expect(under.because).toMatchObject({ code: "live", chunks: 1 });
    expect(under.pins.map(({ state }) => state)).toContain(chunkState.inuse);
    expect(under.trim).toBeNull();
    expect(under.pins.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(PAGE_SIZE);
    // free(pin) merges the hole with top, which is more than trim_threshold then.
    const after = await at(session, summary, endOf(summary, "free", 8));
    expect(after.space.brk).toBeLessThan(now.space.brk);
    // What is left of top is top_pad and the rounding.
    expect(held(after, after.space.brk - PAGE_SIZE).because).toMatchObject({ code: expect.stringMatching(/^top/) });
  });
});

const scenario = (body: string, machine: MachineSettings): Scenario => ({
  version: 1,
  slug: null,
  title: null,
  source: `#include <stdlib.h>\n#include <string.h>\n#include <malloc.h>\nint main(void) {\n${body}\n  return 0;\n}\n`,
  machine,
});

const sizes = fc.constantFrom(24, 100, 1000, 2000, 5000, 9000, 30_000, 70_000, 200_000);
const action = fc.oneof(
  { weight: 3, arbitrary: fc.record({ size: sizes, touch: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ free: fc.nat(40) }) },
);

/** malloc, touch and free by numbers; `trim` at the end. */
function body(actions: readonly ({ readonly size: number; readonly touch: boolean } | { readonly free: number })[]): string {
  const lines: string[] = [];
  const alive: string[] = [];
  for (const [i, one] of actions.entries()) {
    if ("size" in one) {
      lines.push(`  char *p${i} = malloc(${one.size});`);
      if (one.touch) lines.push(`  memset(p${i}, 1, ${one.size});`);
      alive.push(`p${i}`);
    } else {
      const [name] = alive.splice(one.free % Math.max(1, alive.length), 1);
      if (name !== undefined) lines.push(`  free(${name});`);
    }
  }
  return [...lines, "  malloc_trim(0);"].join("\n");
}

/** Pages of the heap and of anonymous mappings that count as resident. */
function residentPages(session: Session, space: AddressSpace): Set<number> {
  const found = new Set<number>();
  for (const vma of space.vmas.filter(({ kind }) => kind === "heap" || kind === "mmap")) {
    const { page } = vmaPages(session.memory, vma);
    for (const index of page) found.add(vma.start + index * PAGE_SIZE);
  }
  return found;
}

const machines = [
  ...(["2.12.1", "2.23", "2.31", "2.36", "2.42", "2.43"] as const).map((glibc) => ({ glibc, abi: "amd64" as const })),
  { glibc: "2.36" as const, abi: "i386" as const },
];

it("malloc_trim(0) gives back exactly the pages that are said of it, in every release that differs", async () => {
  const session = await connectInThread(true);
  let given = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(action, { minLength: 4, maxLength: 30 }),
      fc.constantFrom(...machines),
      async (actions, machine) => {
        const summary = await open(session, scenario(body(actions), { ...defaultMachine, ...machine }));
        const call = summary.operations.find(({ api }) => api === "malloc_trim");
        if (call === undefined) throw new Error("no trim");
        const now = await at(session, summary, call.begin);
        const said = trimRanges(now.context, now.heap);
        const before = residentPages(session, now.space);
        const after = await at(session, summary, call.end);
        const left = residentPages(session, after.space);
        const gone = [...before].filter((page) => !left.has(page));
        const predicted = [...before].filter((page) => said.some(({ start, end }) => page >= start && page < end));
        expect(gone).toEqual(predicted);
        for (const page of before) expect(pageHeld(now.context, now.heap, page, "heap").trim !== null).toBe(gone.includes(page));
        given += gone.length;
      },
    ),
    { numRuns: 40 },
  );
  expect(given).toBeGreaterThan(50);
}, 60_000);

it("tells live chunks, caches, malloc's own data, links and top apart, page by page", async () => {
  const session = await connectInThread(true);
  const source = `
  char *fill = malloc(0xd68);   // up to the end of page 0
  char *hole = malloc(0x1ff8);  // pages 1 and 2, whole
  char *t[4];
  for (int i = 0; i < 4; i++) t[i] = malloc(0x3f8);  // page 3, whole
  char *guard = malloc(24);     // page 4
  char *big = malloc(200 * 1024);
  free(hole);
  for (int i = 0; i < 4; i++) free(t[i]);
  free(guard);
  free(fill);`;
  const summary = await open(session, scenario(source, { ...defaultMachine, glibc: "2.36" }));
  const big = summary.operations.find(({ args }) => args[0] === 200 * 1024)?.result ?? 0;
  const early = await at(session, summary, endOf(summary, "free", 0));
  const { brkStart } = early.space;
  const code = (now: Now, page: number): unknown => held(now, brkStart + page * PAGE_SIZE).because;
  expect(code(early, 0)).toEqual({ code: "live", chunks: 1, bytes: 0xd70 });
  expect(code(early, 1)).toEqual({ code: "links", chunkAddr: brkStart + PAGE_SIZE });
  expect(held(early, brkStart + PAGE_SIZE).trim).toBeNull();
  expect(code(early, 2)).toMatchObject({ code: "below", above: brkStart + 3 * PAGE_SIZE });
  expect(code(early, 3)).toEqual({ code: "live", chunks: 4, bytes: PAGE_SIZE });
  expect(code(early, 4)).toMatchObject({ code: "live", chunks: 1 });
  expect(held(early, big).because).toMatchObject({ code: "own mapping", chunkAddr: big - 16 });
  expect(held(early, big).liveBytes).toBe(PAGE_SIZE);
  const stack = early.space.vmas.find(({ kind }) => kind === "stack");
  expect(pageHeld(early.context, early.heap, stack?.start ?? 0, "stack")).toMatchObject({
    pins: [],
    because: { code: "not malloc", kind: "stack" },
  });
  const late = await at(session, summary, endOf(summary, "free", -1));
  expect(code(late, 0)).toEqual({ code: "data" });
  expect(code(late, 3)).toEqual({ code: "cached", chunks: 4, bytes: PAGE_SIZE });
  expect(code(late, 4)).toEqual({ code: "cached", chunks: 1, bytes: 0x20 });
  expect(code(late, 20)).toMatchObject({ code: "top small", threshold: 0x2_0000 });
});
