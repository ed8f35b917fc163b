/** The whole machine behind the protocol: scenarios through dispatcher and session in one thread, with shared memory and with copies. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { control } from "../abi/control";
import { machineMemory } from "../abi/machine-memory";
import { siteOf } from "../decode/context";
import { decodeHeap } from "../decode/heap";
import { machineView } from "../decode/memory";
import { chunkMappings, decodeAddressSpace, mappedRanges } from "../decode/vmas";
import type { RunSummary } from "../protocol/messages";
import { builtinScenario } from "../scenario/builtin";
import { type BuiltinSlug, builtinSlugs } from "../scenario/builtin-list";
import { defaultMachine, type Scenario } from "../scenario/scenario";
import type { Session } from "../session/index";
import { connectInThread } from "./testing/in-thread";

afterEach(() => {
  vi.unstubAllGlobals();
});

async function openScenario(
  session: Session,
  scenario: Scenario,
  cursor: number | null = null,
  budget = 5_000_000,
): Promise<RunSummary> {
  const opened = await session.open(scenario, { budget, cursor });
  if (opened.type !== "opened") throw new Error(JSON.stringify(opened.diagnostics));
  return opened.summary;
}

const program = (source: string): Scenario => ({ version: 1, slug: null, title: null, source, machine: defaultMachine });

/** The heap as the page's decoders see it in the session's memory. */
function heapOf(session: Session, { process }: RunSummary) {
  const space = decodeAddressSpace(session.memory);
  const memory = machineView(session.memory, mappedRanges(space));
  const place = siteOf(memory, process, space.brk);
  if (place === undefined) throw new Error("unknown glibc");
  return { space, heap: decodeHeap(memory, place.abi, place.site, { mappings: chunkMappings(space) }) };
}

const hashOf = (memory: Uint8Array): string => {
  let hash = 0;
  for (const [from, bytes] of [
    [machineMemory.kernel, 0x4_0000],
    [machineMemory.frames, 0x40_0000],
    [machineMemory.frames + 0x400_0000, 0x40_0000],
  ] as const) {
    const words = new Uint32Array(memory.buffer, from, bytes / 4);
    for (let i = 0; i < words.length; i++) hash = Math.imul(hash ^ (words[i] ?? 0) ^ i, 0x9e37_79b1) ^ (hash >>> 15);
  }
  return hash.toString(16);
};

/** Those that do not end by themselves. */
const endings: Partial<Readonly<Record<BuiltinSlug, RunSummary["status"]>>> = {
  "double-free": "abort",
  "stack-overflow": "signal",
  "how-much-touched": "outOfMemory",
};

/** With less RAM where all of it is touched: src/worker/memory-scenarios.test.ts has the rest. */
function scenarioFor(slug: BuiltinSlug): Scenario {
  const scenario = builtinScenario(slug);
  return slug === "how-much-touched" ? { ...scenario, machine: { ...scenario.machine, ramMiB: 64 } } : scenario;
}

describe("the built-in scenarios", () => {
  for (const shared of [true, false]) {
    it(`run, land at their starting point and decode without a problem (${shared ? "shared" : "copied"} memory)`, {
      timeout: 60_000,
    }, async () => {
      const session = await connectInThread(shared);
      for (const slug of builtinSlugs) {
        const scenario = scenarioFor(slug);
        const summary = await openScenario(session, scenario);
        expect(summary.status, slug).toBe(endings[slug] ?? "exited");
        const position = await session.seek(summary.last);
        expect(position.cursor).toBe(summary.last);
        const { heap } = heapOf(session, summary);
        if (slug !== "double-free") expect(heap.problems, slug).toEqual([]);
        const ledger = summary.ledger;
        const last = ledger.inUse.length - 1;
        expect(heap.totals.inUse, slug).toBe(ledger.inUse[last]);
        expect(heap.totals.freeInBins, slug).toBe(ledger.freeInBins[last]);
        expect(heap.totals.top, slug).toBe(ledger.top[last]);
      }
    });
  }

  it("count what is resident and virtual as the kernel does, at the ends of every call and of the run", async () => {
    const session = await connectInThread(true);
    for (const slug of ["first-touch", "program-loaded", "copy-on-write"] as const) {
      const { first, last, operations, ledger } = await openScenario(session, scenarioFor(slug));
      const edges = [first, ...operations.flatMap(({ begin, end }) => [begin, end]), last];
      expect([ledger.residentAt.length, ledger.virtualAt.length]).toEqual([edges.length, edges.length]);
      for (const [edge, cursor] of edges.entries()) {
        await session.seek(cursor);
        const space = decodeAddressSpace(session.memory);
        expect([ledger.residentAt[edge], ledger.virtualAt[edge]], `${slug} ${edge}`).toEqual([
          space.residentBytes,
          space.virtualBytes,
        ]);
      }
    }
  });

  it("start before the statement that is worth seeing", async () => {
    const session = await connectInThread(true);
    for (const slug of builtinSlugs) {
      const scenario = scenarioFor(slug);
      const opened = await session.open(scenario, { budget: 5_000_000, cursor: null });
      if (opened.type !== "opened") throw new Error("rejected");
      const { statement } = opened.position;
      expect(opened.summary.debug.statements[statement]?.span.line, slug).toBe(scenario.startLine);
    }
  });

  it("show the paths their titles promise", async () => {
    const session = await connectInThread(true);
    const paths = async (slug: BuiltinSlug) => (await openScenario(session, builtinScenario(slug))).operations;
    const of = (operations: RunSummary["operations"], api: string, name: string) =>
      operations.find((o) => o.api === api && o.name === name)?.path;
    const first = await paths("first-malloc");
    expect([of(first, "malloc", "a"), of(first, "malloc", "c"), of(first, "free", "a")]).toEqual(["top", "tcache", "tcache"]);
    const tcache = await paths("tcache-seven");
    expect(tcache.filter(({ api }) => api === "free").map(({ path }) => path)).toEqual([
      ...Array(7).fill("tcache"),
      "fast",
      "fast",
    ]);
    expect([of(tcache, "malloc", "p"), of(tcache, "malloc", "q")]).toEqual(["tcache", "fast"]);
    const sorting = await paths("bin-sorting");
    expect([of(sorting, "free", "s1"), of(sorting, "free", "l2"), of(sorting, "malloc", "best")]).toEqual([
      "unsorted",
      "unsorted",
      "large",
    ]);
    const split = await paths("split-last-remainder");
    expect([of(split, "malloc", "a"), of(split, "malloc", "b"), of(split, "malloc", "f")]).toEqual(["large", "unsorted", "top"]);
    const threshold = await paths("mmap-threshold");
    expect([of(threshold, "malloc", "a"), of(threshold, "malloc", "b"), of(threshold, "free", "a")]).toEqual([
      "mmap",
      "sysmalloc",
      "mmap",
    ]);
    const twice = await paths("double-free");
    expect(twice.at(-1)).toMatchObject({ api: "free", path: "error", finished: false });
  });
});

describe("a page without shared memory", () => {
  it("sees at every cursor the bytes that a page with it sees", { timeout: 60_000 }, async () => {
    const shared = await connectInThread(true);
    const copied = await connectInThread(false);
    const scenario = builtinScenario("bin-sorting");
    const { last } = await openScenario(shared, scenario);
    await openScenario(copied, scenario);
    expect(hashOf(copied.memory)).toBe(hashOf(shared.memory));
    for (const share of [0.5, 0.49, 0.1, 0, 1, 0.7]) {
      const cursor = Math.floor(last * share);
      expect(await copied.seek(cursor)).toEqual(await shared.seek(cursor));
      expect(hashOf(copied.memory)).toBe(hashOf(shared.memory));
    }
    for (const level of ["statement", "phase", "line", "write"] as const) {
      const move = { kind: "step", level, direction: -1 } as const;
      expect(await copied.move(move)).toEqual(await shared.move(move));
      expect(hashOf(copied.memory)).toBe(hashOf(shared.memory));
    }
  });
});

describe("a program that goes wrong", () => {
  it("with a syntax error is rejected, and the program before stays", async () => {
    const session = await connectInThread(true);
    const before = await openScenario(session, builtinScenario("first-malloc"));
    const rejected = await session.open(program("int main(void) {\n  int x = ;\n}\n"), { budget: 1000, cursor: null });
    expect(rejected.type).toBe("rejected");
    expect(rejected.diagnostics[0]?.span.line).toBe(2);
    expect((await session.seek(before.last)).cursor).toBe(before.last);
  });

  it("that never ends stops at the budget and can go on", async () => {
    const session = await connectInThread(true);
    const summary = await openScenario(
      session,
      program("int main(void) {\n  int n = 0;\n  for (;;)\n    n++;\n}\n"),
      null,
      100_000,
    );
    expect(summary.status).toBe("budget");
    expect(summary.steps).toBeLessThan(130_000);
    const more = await session.extend(200_000);
    if (more.type !== "opened") throw new Error("rejected");
    expect(more.summary.status).toBe("budget");
    expect(more.summary.last).toBeGreaterThan(summary.last);
  });

  it("that touches what is not mapped dies of SIGSEGV, and time travel works", async () => {
    const session = await connectInThread(true);
    const summary = await openScenario(
      session,
      program("#include <stdlib.h>\nint main(void) {\n  char *a = malloc(24);\n  *(char *)0 = 1;\n  free(a);\n}\n"),
    );
    expect([summary.status, summary.signal, summary.signalAddr, summary.signalWrite]).toEqual(["signal", 11, 0, true]);
    const back = await session.move({ kind: "step", level: "statement", direction: -1 });
    expect(back.cursor).toBeLessThan(summary.last);
    const view = new DataView(session.memory.buffer, machineMemory.control);
    expect(view.getUint32(control.stop, true)).toBe(0);
  });

  it("aborts with glibc's own words", async () => {
    const session = await connectInThread(true);
    const summary = await openScenario(session, builtinScenario("double-free"));
    expect([summary.status, summary.signal, summary.message]).toEqual(["abort", 6, "free(): double free detected in tcache 2"]);
    expect(summary.output.map(({ text }) => text).join("")).toContain("first\n");
  });
});

describe("questions", () => {
  it("name the last writer of a word, read maps, append a call", async () => {
    const session = await connectInThread(false);
    const summary = await openScenario(session, builtinScenario("first-malloc"));
    await session.seek(summary.last);
    const a = summary.operations.find(({ api, name }) => api === "malloc" && name === "a");
    const { at } = await session.ask({ ask: "lastWriter", addr: (a?.result ?? 0) - 8, before: a?.end ?? 0 });
    expect(at).toBeGreaterThan(a?.begin ?? 0);
    const { slice } = await session.ask({ ask: "slice", from: at, to: at + 1 });
    expect(slice.addrs[0]).toBe((a?.result ?? 0) - 8);
    const { lines, before } = await session.ask({ ask: "proc", name: "maps", cursor: summary.last, before: summary.first });
    expect(lines.some((line) => line.endsWith("[heap]"))).toBe(true);
    expect(before.some((line) => line.endsWith("[heap]"))).toBe(false);
    const { source } = await session.ask({
      ask: "appendStatement",
      source: builtinScenario("first-malloc").source,
      statement: "malloc(99);",
    });
    expect(source).toContain("  malloc(99);\n  return 0;");
  });
});

describe("two releases side by side", () => {
  const machines = [
    { ...defaultMachine, glibc: "2.40" },
    { ...defaultMachine, glibc: "2.41" },
  ] as const;

  it("are compared on a machine of their own: what is open stays as it is", async () => {
    const session = await connectInThread(true);
    const before = await openScenario(session, builtinScenario("first-malloc"));
    const shown = Buffer.from(session.memory.subarray(machineMemory.frames, machineMemory.frames + (1 << 20)));
    const result = await session.compare(builtinScenario("fifteen-years"), machines, { budget: 5_000_000 });
    if (!result.ok || result.value === null) throw new Error("no comparison");
    expect(result.value.divergence?.explanation).toMatchObject({ before: "2.40", release: "2.41", certain: true });
    expect(shown.equals(Buffer.from(session.memory.subarray(machineMemory.frames, machineMemory.frames + (1 << 20))))).toBe(true);
    expect((await session.seek(before.last)).cursor).toBe(before.last);
  });

  it("end with null when cancelled, and with diagnostics when the program is none", async () => {
    const session = await connectInThread(false);
    const endless = program("#include <stdlib.h>\nint main(void) { for (;;) free(malloc(24)); }");
    const running = session.compare(endless, machines, { budget: 400_000_000, onProgress: () => session.cancel() });
    expect(await running).toEqual({ ok: true, value: null });
    const rejected = await session.compare(program("int main(void) {"), machines, { budget: 1000 });
    expect(!rejected.ok && rejected.problem.length > 0).toBe(true);
  });
});
