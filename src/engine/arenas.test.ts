import { beforeAll, describe, expect, it } from "vitest";
import { control } from "../abi/control";
import { mallinfo2 } from "../abi/glibc-statistics";
import { findMallocAbi } from "../abi/glibc-structs";
import { machineMemory } from "../abi/machine-memory";
import { arenaOf, prepare, start } from "../headless/testing/threads";
import { mallocInfoText, mallocStatsText } from "../machine/time/statistics-text";

beforeAll(prepare, 120_000);

describe("limits of arenas", () => {
  const threads = (glibc: string, environment: Readonly<Record<string, string>>): number => {
    const p = start(glibc, environment);
    for (const row of Array.from({ length: 4 }, () => p.threads.create())) p.on(row, () => p.malloc(2000));
    return p.arenas().length;
  };

  it.each(["2.23", "2.26", "2.36", "2.42", "2.43"])("hold from the environment of %s", (glibc) => {
    expect(threads(glibc, {})).toBe(5);
    expect(threads(glibc, { MALLOC_ARENA_MAX: "2" })).toBe(2);
    expect(threads(glibc, { GLIBC_TUNABLES: "glibc.malloc.arena_max=2" })).toBe(glibc === "2.23" ? 5 : 2);
  });
});

describe("the tcache's fill count", () => {
  it.each([
    ["2.29", 100_000],
    ["2.30", 7],
  ])("of %s is %d when the environment says more than counters of 16 bits hold", (glibc, count) => {
    const p = start(glibc, { GLIBC_TUNABLES: "glibc.malloc.tcache_count=100000" });
    p.malloc(24);
    const offset = findMallocAbi(glibc, "amd64")?.mallocPar.fields.find(({ name }) => name === "tcache_count")?.offset ?? -1;
    expect(p.word(p.machine.process.mp + offset)).toBe(count);
  });
});

describe("heaps of an arena", () => {
  it("grow by mprotect, are followed by others when full, and go away again", () => {
    const p = start();
    p.machine.engine.mallopt(-3, 0x200_0000);
    p.malloc(10);
    const row = p.threads.create();
    p.on(row, () => {
      const blocks = Array.from({ length: 90 }, () => p.malloc(1_000_000));
      const arena = arenaOf(p, blocks[0] ?? 0);
      const heaps = p.heaps(arena);
      expect(heaps).toHaveLength(2);
      const accessible = p.machine.kernel.entries().find((entry) => entry.start === heaps[1]);
      expect((accessible?.end ?? 0) - (accessible?.start ?? 0)).toBe(p.word((heaps[1] ?? 0) + 24));
      blocks.toReversed().forEach((mem) => p.free(mem));
      expect(p.heaps(arena)).toHaveLength(1);
      expect(p.field(arena, "system_mem")).toBeLessThan(0x40_0000);
      // Dropped, but still accessible.
      expect(p.word((heaps[1] ?? 0) + 24)).toBeGreaterThan(p.word((heaps[1] ?? 0) + 16));
    });
  });

  it("a request no heap can hold becomes a mapping", () => {
    const p = start();
    const row = p.threads.create();
    p.machine.engine.mallopt(-4, 0);
    const mem = p.on(row, () => p.malloc(0x500_0000));
    expect(p.word(mem - 8) & 2).toBe(2);
  });
});

describe("time", () => {
  it("goes back and forth over threads, arenas and heaps without a trace", () => {
    const p = start();
    const { engine, bytes } = p.machine;
    const view = new DataView(p.machine.memory.buffer, machineMemory.control);
    const state = (): Uint8Array =>
      Uint8Array.from([
        ...bytes.subarray(machineMemory.control + control.stop, machineMemory.control + control.result),
        ...bytes.subarray(machineMemory.control + control.pgd, machineMemory.control + 0x1000),
        ...bytes.subarray(machineMemory.kernel, machineMemory.kernel + 0x1_4000),
        ...bytes.subarray(machineMemory.frames, machineMemory.frames + 0x20_0000),
      ]);
    p.machine.setTracing(3);
    const before = state();
    const begin = view.getUint32(control.journalCursor, true);
    const one = p.threads.create();
    p.on(one, () => [1, 2, 3].map(() => p.malloc(50_000)).forEach((mem) => p.free(mem)));
    p.on(one, () => p.threads.exit());
    p.threads.reap(one);
    p.on(p.threads.create(), () => p.malloc(100));
    const end = view.getUint32(control.journalCursor, true);
    const after = state();
    engine.seek(begin);
    expect(Buffer.compare(state(), before)).toBe(0);
    engine.seek(end);
    expect(Buffer.compare(state(), after)).toBe(0);
    p.machine.setTracing(0);
  });
});

describe("statistics", () => {
  it("add all arenas up", () => {
    const p = start();
    const row = p.threads.create();
    p.malloc(5000);
    p.on(row, () => p.free(p.malloc(5000)));
    const read = (offset: number): number =>
      Number(new DataView(p.machine.memory.buffer, machineMemory.scratch).getBigUint64(offset, true));
    p.machine.engine.mallinfo2();
    const system = p.arenas().reduce((sum, arena) => sum + p.field(arena, "system_mem"), 0);
    const used = read(mallinfo2.uordblks);
    expect(read(mallinfo2.arena)).toBe(system);
    expect(used + read(mallinfo2.fordblks)).toBe(system);
    p.machine.engine.malloc_stats();
    const stats = mallocStatsText(read);
    expect(stats).toMatch(/^Arena 0:\n.*\n.*\nArena 1:\n/);
    expect(stats).toContain(`Total (incl. mmap):\nsystem bytes     = ${String(system).padStart(10)}\nin use bytes     = ${String(used).padStart(10)}`);
    p.machine.engine.malloc_info();
    const info = mallocInfoText(read);
    expect(info.match(/<heap nr=/g)).toHaveLength(2);
    expect(info).toContain('<aspace type="subheaps" size="1"/>');
    expect(info).toContain(`<system type="current" size="${system}"/>`);
  });
});
