/** Counting what the TLB does, through dispatcher and session: beside the open run, forwards and backwards, cancelled. */
import { afterEach, describe, expect, it, vi } from "vitest";
import type { RunSummary } from "../protocol/messages";
import type { TlbFacts } from "../protocol/tlb";
import { defaultMachine, type Scenario } from "../scenario/scenario";
import type { Session } from "../session/index";
import { connectInThread } from "./testing/in-thread";

afterEach(() => {
  vi.unstubAllGlobals();
});

const program = (source: string): Scenario => ({ version: 1, slug: null, title: null, source, machine: defaultMachine });

/** Four pages of one set of L1, a fifth, the first again; then a right less, the end of all of them, and a second process. */
const walks = program(`#include <sys/mman.h>
#include <unistd.h>
#define P 4096L
int main(void) {
  char *p = mmap((void *)0x10000000, 80 * P, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  p[0] = 1;
  p[16 * P] = 1;
  p[32 * P] = 1;
  p[48 * P] = 1;
  p[64 * P] = 1;
  p[0] = 2;
  mprotect(p, 33 * P, PROT_READ);
  p[79 * P] = 1;
  munmap(p, 80 * P);
  fork();
  return 0;
}
`);

async function open(session: Session, scenario: Scenario): Promise<RunSummary> {
  const opened = await session.open(scenario, { budget: 5_000_000, cursor: null });
  if (opened.type !== "opened") throw new Error(JSON.stringify(opened.diagnostics));
  return opened.summary;
}

/** From one statement of a line to the next statement: what it did. */
function stepOf({ statements, debug, last }: RunSummary, line: number): { readonly from: number; readonly cursor: number } {
  const at = statements.at.findIndex((_, i) => debug.statements[statements.statement[i] ?? -1]?.span.line === line);
  return { from: (statements.at[at] ?? 0) + 1, cursor: (statements.at[at + 1] ?? last - 1) + 1 };
}

const pagesIn = ({ parts }: TlbFacts, part: "small" | "shared"): number[] =>
  Array.from(parts[part].page).filter((page) => page >= 0x1000_0000 && page < 0x1005_0000);

describe("counting hits and misses", () => {
  it("tells of each step what was found where, and what was flushed why", { timeout: 60_000 }, async () => {
    const session = await connectInThread(false);
    const summary = await open(session, walks);
    const line = async (number: number) => {
      const facts = await session.tlb(walks, stepOf(summary, number));
      if (facts === null) throw new Error("not cancelled");
      return facts;
    };
    const touched = ({ accesses }: TlbFacts) => accesses.filter(({ addr }) => addr >= 0x1000_0000 && addr < 0x1005_0000);

    const first = await line(7);
    expect(touched(first)).toMatchObject([
      { addr: 0x1000_0000, bytes: 1, write: true, found: "walk", fault: true },
      { addr: 0x1000_0000, bytes: 1, write: true, found: "walk", fault: false },
    ]);
    expect(first.step).toMatchObject({ faults: 1 });
    expect(first.stepFlushes).toEqual([]);
    expect(pagesIn(first, "small")).toEqual([0x1000_0000]);

    // Five pages of one set: the first is in L2 only, and comes back for the next access.
    const fifth = await line(11);
    expect(pagesIn(fifth, "small").toSorted()).toEqual([0x1001_0000, 0x1002_0000, 0x1003_0000, 0x1004_0000]);
    expect(pagesIn(fifth, "shared")).toHaveLength(5);
    expect(touched(await line(12))).toMatchObject([{ addr: 0x1000_0000, found: "l2", fault: false }]);

    const protect = await line(13);
    expect(protect.stepFlushes).toMatchObject([{ call: "mprotect", what: "range", from: 0x1000_0000, pages: 33, dropped: 5 }]);
    expect(pagesIn(protect, "shared").toSorted()).toEqual([0x1003_0000, 0x1004_0000]);
    const unmap = await line(15);
    expect(unmap.stepFlushes.at(-1)).toMatchObject({ call: "munmap", what: "all" });
    expect(pagesIn(unmap, "small")).toEqual([]);
    expect((await line(16)).stepFlushes).toMatchObject([{ call: "fork", what: "all", pages: 0 }]);

    // Back again: the same answer as on the way.
    expect(await line(11)).toEqual(fifth);
    expect(await line(7)).toEqual(first);
  });

  it("leaves what is open alone, and counts a program of 32 bits too", { timeout: 60_000 }, async () => {
    const session = await connectInThread(true);
    const narrow = { ...walks, machine: { ...defaultMachine, abi: "i386" as const } };
    const summary = await open(session, walks);
    const before = await session.seek(summary.last);
    const facts = await session.tlb(narrow, { from: 0, cursor: 4000 });
    expect(facts?.total.accesses).toBeGreaterThan(10);
    expect((await session.seek(summary.last)).cursor).toBe(before.cursor);
  });

  it("ends with null when cancelled, and can be asked again", { timeout: 60_000 }, async () => {
    const session = await connectInThread(false);
    const endless = program("int main(void) { int n = 0; for (;;) n++; }");
    const question = { cursor: 2 ** 31, from: 0 };
    expect(await session.tlb(endless, { ...question, onProgress: () => session.cancel() })).toBeNull();
    // Before it has begun, too.
    const early = session.tlb(endless, question);
    session.cancel();
    expect(await early).toBeNull();
    const facts = await session.tlb(walks, { from: 0, cursor: 4000 });
    expect(facts?.total.accesses).toBeGreaterThan(10);
  });
});
