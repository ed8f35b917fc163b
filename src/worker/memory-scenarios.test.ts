/** The scenarios about Linux memory: what their comments say is what the decoded process shows at those lines. */
import { beforeAll, describe, expect, it } from "vitest";
import { decodeSlabCaches } from "../decode/slab";
import { decodeAddressSpace } from "../decode/vmas";
import type { AddressSpace } from "../decode/types";
import type { RunSummary } from "../protocol/messages";
import { builtinScenario } from "../scenario/builtin";
import type { BuiltinSlug } from "../scenario/builtin-list";
import type { MachineSettings } from "../scenario/scenario";
import type { Session } from "../session/index";
import { connectInThread } from "./testing/in-thread";

const KiB = 1024;
const MiB = 1024 * KiB;

let session: Session;
beforeAll(async () => {
  session = await connectInThread(true);
}, 120_000);

interface Seen {
  /** The address space before the first statement of the line that begins with such a text runs; by the last of them, after all of it. */
  readonly before: (start: string) => Promise<AddressSpace>;
  readonly end: AddressSpace;
  readonly output: string;
  readonly status: RunSummary["status"];
}

async function see(slug: BuiltinSlug, machine: Partial<MachineSettings> = {}): Promise<Seen> {
  const plain = builtinScenario(slug);
  const scenario = { ...plain, machine: { ...plain.machine, ...machine } };
  const open = async (startLine: number | undefined) => {
    const opened = await session.open(
      { ...scenario, ...(startLine === undefined ? {} : { startLine }) },
      { budget: 5_000_000, cursor: null },
    );
    if (opened.type !== "opened") throw new Error(JSON.stringify(opened.diagnostics));
    return opened;
  };
  const { summary } = await open(undefined);
  await session.seek(summary.last);
  const end = decodeAddressSpace(session.memory);
  return {
    end,
    output: summary.output.map(({ text }) => text).join(""),
    status: summary.status,
    before: async (start) => {
      const line = scenario.source.split("\n").findIndex((text) => text.trim().startsWith(start)) + 1;
      const { position, summary: again } = await open(line);
      expect(again.debug.statements[position.statement]?.span.line, start).toBe(line);
      return decodeAddressSpace(session.memory);
    },
  };
}

/** By how much something grew from one instant to the next. */
const grown = (from: AddressSpace, to: AddressSpace) => ({
  virtual: to.virtualBytes - from.virtualBytes,
  resident: to.residentBytes - from.residentBytes,
});

describe("scenarios about Linux memory", { timeout: 60_000 }, () => {
  it("first touch: RES grows at the first write of a page, by none at a read", async () => {
    const { before } = await see("first-touch");
    const start = await before("char *p");
    const promised = await before("n = faults");
    expect(grown(start, promised)).toEqual({ virtual: MiB + 4 * KiB, resident: 4 * KiB });
    const read = await before("printf(");
    expect(grown(promised, read)).toEqual({ virtual: 0, resident: 0 });
    expect(read.minorFaults - promised.minorFaults).toBe(63);
    const written = await before("free(p)");
    expect(grown(read, written)).toEqual({ virtual: 0, resident: 63 * 4 * KiB });
  });

  it("VIRT, RES and SHR: each moves when its comment says so", async () => {
    const { before, end } = await see("virt-res-shr");
    const shared = (space: AddressSpace) => space.vmas.filter(({ name }) => name.startsWith("/dev/zero")).length;
    const steps = [
      await before("char *a"),
      await before("touch(a"),
      await before("char *s"),
      await before("touch(s, MiB / 2)"),
      await before("madvise"),
      await before("touch(s, 4096)"),
      await before("printf"),
      await before("munmap"),
      await before("free(a)"),
    ];
    const changes = steps.slice(1).map((space, i) => grown(steps[i] ?? space, space));
    expect(changes).toEqual([
      { virtual: 4 * MiB + 4 * KiB, resident: 4 * KiB },
      { virtual: 0, resident: MiB - 4 * KiB },
      { virtual: 2 * MiB, resident: 0 },
      { virtual: 0, resident: MiB / 2 },
      { virtual: 0, resident: -MiB / 2 },
      { virtual: 0, resident: 4 * KiB },
      { virtual: 0, resident: 64 * KiB },
      { virtual: -2 * MiB, resident: -68 * KiB },
    ]);
    expect(steps.map(shared)).toEqual([0, 0, 0, 1, 1, 1, 1, 1, 0]);
    expect(end.vmas.filter(({ name }) => name === "[heap]")).toHaveLength(1);
  });

  it("trim threshold: free() lowers the break once, and not again under a higher threshold", async () => {
    const { before, output } = await see("trim-threshold");
    const [a, b, c] = [await before("free(b)"), await before("mallopt"), await before("malloc_trim")];
    expect([a, b, c].map(({ brk, brkStart }) => (brk - brkStart) / KiB)).toEqual([292, 192, 192]);
    expect(output).toBe("a, b: 292 KiB\nfree b: 192 KiB\nfree b again: 192 KiB\ntrim: 64 KiB\n");
  });

  it("why not mmap: the mapped block faults each time, the one in the heap once", async () => {
    const { output } = await see("why-not-mmap");
    expect(output.split("\n").slice(0, 6)).toEqual(["mmap 64", "mmap 64", "mmap 64", "heap 64", "heap 0", "heap 0"]);
  });

  it("the heap of 1 GiB: classic, it ends a page below the libraries; since 2.6.7, near the stack", async () => {
    const { before, output, end } = await see("one-gib-heap");
    expect(output).toBe("mapping above: 1\nheap to 0x3ffff000\n");
    expect(end.topDown).toBe(false);
    expect(grown(await before("for (long n"), await before("brk(end)"))).toMatchObject({ resident: 0 });
    const since = await see("one-gib-heap", { layout: "3g" });
    expect(since.output).toMatch(/heap to 0xb7\w{6}\n/);
    // brk() leads back from above 2 GiB as it does from below.
    for (const space of [end, since.end]) expect(space.brk).toBe(0x804_d000 + 136 * KiB);
  });

  it("how much: all of RAM at once, more of it in pieces, unless promises are added up; 32 bits end at 3 GiB", async () => {
    expect((await see("how-much")).output).toBe("largest: 2048 MiB\n512 MiB: 64 times\n");
    expect((await see("how-much", { overcommit: 1 })).output).toMatch(/^largest: 8\d{7} MiB\n512 MiB: 64 times/);
    expect((await see("how-much", { overcommit: 2 })).output).toMatch(/^largest: 10\d\d MiB\n512 MiB: 1 times/);
    const narrow = await see("how-much", { abi: "i386", layout: "3g", ramMiB: 4096 });
    expect(narrow.output).toMatch(/^largest: \d{4} MiB\n512 MiB: [45] times/);
  });

  it("how much can be touched: all of RAM but what the kernel keeps, then the process is killed", async () => {
    // Both are more than linear memory holds, so that equal pages have to share their bytes. All of it takes ten seconds.
    const ramMiB = process.env["HEAPGLASS_LAW_RUNS"] === undefined ? 384 : 2048;
    const { end, output, status } = await see("how-much-touched", { ramMiB });
    expect(status).toBe("outOfMemory");
    expect(output.split("\n").at(-2)).toBe(`touched: ${ramMiB - 128} MiB`);
    const missing = ramMiB * MiB - end.residentBytes;
    // The reserve (at most 6 MiB here) and page tables, 2 MiB a GiB.
    expect(missing).toBeGreaterThan(2 * MiB);
    expect(missing).toBeLessThan(12 * MiB);
    expect(end.vmas.filter(({ residentPages }) => residentPages * 4096 > 300 * MiB)).toHaveLength(1);
  });

  it("stack overflow: the stack grows to its limit and not a page further", async () => {
    const { before, end, status } = await see("stack-overflow");
    const stack = ({ vmas }: AddressSpace) => vmas.find(({ name }) => name === "[stack]");
    const bytes = (space: AddressSpace) => (stack(space)?.end ?? 0) - (stack(space)?.start ?? 0);
    expect(bytes(await before("deeper(0)"))).toBe(132 * KiB);
    expect(bytes(end)).toBe(256 * KiB);
    expect(status).toBe("signal");
  });

  it("thread stacks: guard and 8 MiB each, resident where they were used, kept for the next thread", async () => {
    const { before, output } = await see("thread-stacks");
    const stacks = (space: AddressSpace) => space.vmas.filter(({ start, end }) => end - start === 8 * MiB).length;
    expect(stacks(await before("pthread_create(&a"))).toBe(0);
    const two = await before("pthread_join(a");
    expect(stacks(two)).toBe(2);
    const guards = two.vmas.filter(({ start, end, read, write }) => end - start === 4 * KiB && !read && !write);
    expect(guards).toHaveLength(2);
    expect(output).toBe("8196 KiB apart\n1\n");
  });

  it("VMAs merge and split: as many as the comments count", async () => {
    const { before } = await see("vma-merge");
    const size = 16 * 4 * KiB;
    const walled = await before("char *b");
    const wall = walled.vmas.findIndex(({ start, end, read }) => end - start === size && !read);
    expect(wall).toBeGreaterThan(0);
    const count = async (start: string) => (await before(start)).vmas.length - walled.vmas.length;
    expect([await count("char *a"), await count("printf")]).toEqual([1, 1]);
    expect(await count("mprotect(a + 4 * PAGE, PAGE, RW)")).toBe(3);
    expect(await count("munmap(b")).toBe(1);
    expect(await count("a[0] = b")).toBe(2);
    expect(await count("mmap(b, PAGE")).toBe(2);
    expect(await count("munmap(a, 2")).toBe(2);
  });

  it("page-table walk: tables as the comments count them", async () => {
    const { before, end } = await see("page-table-walk");
    const places = ["p[0] = 1", "p[PAGE]", "p[2 *", "p[giB]", "char zero", "char *q", "q[0]", "munmap(q", "madvise", "munmap(p"];
    const spaces = await places.reduce<Promise<AddressSpace[]>>(
      async (all, place) => [...(await all), await before(place)],
      Promise.resolve([]),
    );
    spaces.push(end);
    const change = (field: "pageTableBytes" | "residentBytes") =>
      spaces.slice(1).map((space, i) => (space[field] - (spaces[i]?.[field] ?? 0)) / KiB);
    expect(change("pageTableBytes")).toEqual([12, 0, 4, 8, 4, 0, 12, -12, -16, -12]);
    expect(change("residentBytes")).toEqual([4, 4, 4, 4, 0, 0, 4, -4, -16, 0]);
  });

  it("slab: full, partial and free slabs as the comments say", async () => {
    const { before, end } = await see("slab");
    const seen: unknown[] = [];
    const look = () => {
      const [cache] = decodeSlabCaches(session.memory);
      seen.push([cache?.full.length, cache?.partial.length, cache?.empty.length, cache?.activeObjects]);
    };
    for (const place of ["char *p", "for (int i", "char *q", "munmap(p, 2", "munmap(q"]) {
      await before(place);
      look();
    }
    // Full, partial, free slabs; objects in use.
    expect(seen).toEqual([
      [1, 1, 0, 23],
      [1, 1, 0, 24],
      [1, 10, 0, 123],
      [1, 10, 0, 124],
      [1, 2, 5, 24],
    ]);
    expect(end.complete).toBe(true);
  });
});
