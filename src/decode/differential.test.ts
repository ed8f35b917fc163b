/** The decoders against the engine's and the kernel's own account of what they did. */
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { control } from "../abi/control";
import { machineMemory } from "../abi/machine-memory";
import { loadEngine } from "../headless/engine-module";
import { defaultLayout } from "../machine/layout";
import { createMachine, type Machine } from "../machine/machine";
import { siteOf } from "./context";
import { decodeHeap } from "./heap";
import { machineView } from "./memory";
import { chunkState, type HeapFacts } from "./types";
import { chunkMappings, decodeAddressSpace, mappedRanges, mapsLine } from "./vmas";

let module: WebAssembly.Module;
let spare: Machine | undefined;
beforeAll(async () => {
  module = await loadEngine();
}, 120_000);

function start(): Machine {
  const layout = defaultLayout("/home/user/a.out", { textBytes: 0x200, rodataBytes: 16, dataBytes: 16, bssBytes: 16 });
  const options = { module, layout, glibc: "2.36", abi: "amd64", tcacheKey: 0x5ca1_ab1e_0ddb_a11bn } as const;
  spare = createMachine(spare === undefined ? options : { ...options, reuse: spare });
  return spare;
}

function decode(machine: Machine, users: Iterable<number>): HeapFacts {
  const space = decodeAddressSpace(machine.bytes);
  const memory = machineView(machine.bytes, mappedRanges(space));
  const found = siteOf(memory, machine.process, space.brk);
  if (found === undefined) throw new Error("glibc 2.36 is known");
  return decodeHeap(memory, found.abi, found.site, { mappings: chunkMappings(space), users });
}

/** User addresses of chunks that are handed out. */
function liveSet(facts: HeapFacts): number[] {
  const live: number[] = [];
  for (let row = 0; row < facts.chunks.count; row++) {
    const state = facts.chunks.state[row];
    if (state === chunkState.inuse || state === chunkState.mmapped) live.push((facts.chunks.addr[row] ?? 0) + 16);
  }
  return live.toSorted((a, b) => a - b);
}

const size = fc.oneof(
  { weight: 6, arbitrary: fc.nat(0x200) },
  { weight: 3, arbitrary: fc.nat(0x3000) },
  { weight: 1, arbitrary: fc.integer({ min: 0x1f000, max: 0x60000 }) },
);
const operation = fc.record({
  kind: fc.constantFrom("malloc", "malloc", "malloc", "calloc", "memalign", "realloc", "free", "free", "free", "trim"),
  slot: fc.nat(63),
  size,
  align: fc.constantFrom(32, 64, 256, 4096),
});

describe("on random traces", () => {
  test("the chunks in use are exactly the blocks handed out and not freed", () => {
    fc.assert(
      fc.property(fc.array(operation, { minLength: 1, maxLength: 220 }), (operations) => {
        const machine = start();
        const { engine } = machine;
        const slots = new Map<number, number>();
        const free = (addr: number): void => engine.free(addr >>> 0, Math.floor(addr / 2 ** 32));
        const addr = (low: number): number => {
          const high = new DataView(machine.memory.buffer, 0x1_0000, 0x100).getUint32(0x50, true);
          return low >= 0 && low > 2 ** 32 ? low : high * 2 ** 32 + (low >>> 0);
        };
        for (const { kind, slot, size: bytes, align } of operations) {
          const old = slots.get(slot);
          if (kind === "free" || (kind !== "realloc" && kind !== "trim" && old !== undefined)) {
            if (old !== undefined) free(old);
            slots.delete(slot);
            if (kind === "free") continue;
          }
          if (kind === "trim") engine.malloc_trim(0, 0);
          else if (kind === "malloc") slots.set(slot, addr(engine.malloc(bytes, 0)));
          else if (kind === "calloc") slots.set(slot, addr(engine.calloc(3, 0, bytes, 0)));
          else if (kind === "memalign") slots.set(slot, addr(engine.memalign(align, 0, bytes, 0)));
          else if (bytes > 0) slots.set(slot, addr(engine.realloc((old ?? 0) >>> 0, Math.floor((old ?? 0) / 2 ** 32), bytes, 0)));
        }
        const facts = decode(machine, slots.values());
        expect(facts.problems).toEqual([]);
        expect(liveSet(facts)).toEqual([...slots.values()].toSorted((a, b) => a - b));
        const { chunks } = facts;
        const heap = facts.totals.inUse - facts.totals.mmapped + facts.totals.freeInBins + facts.totals.top;
        expect(heap).toBe(facts.unborn ? 0 : chunks.end - chunks.start);
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  test("inside a call only true chunk borders are shown, and nothing looks corrupt", () => {
    const machine = start();
    const { engine } = machine;
    machine.setTracing(3);
    const view = new DataView(machine.memory.buffer, machineMemory.control);
    const head = (): number => view.getUint32(control.journalHead, true);
    const slots: number[] = [];
    const ends = [head()];
    for (let i = 0; i < 60; i++) {
      const slot = (i * 7919) % 37;
      const old = slots[slot] ?? 0;
      if (old > 0) engine.free(old >>> 0, Math.floor(old / 2 ** 32));
      slots[slot] = old > 0 ? 0 : engine.malloc(i % 3 === 0 ? (i * 971) % 0x1800 : (i * 97) % 0x120, 0);
      ends.push(head());
    }
    const at = (cursor: number): HeapFacts => {
      engine.seek(cursor);
      return decode(machine, []);
    };
    const settled = ends.map((end) => at(end));
    for (const facts of settled) expect(facts.problems).toEqual([]);
    for (const [i, from] of ends.slice(0, -1).entries()) {
      const borders = new Set([settled[i], settled[i + 1]].flatMap((facts) => [...(facts?.chunks.addr ?? [])]));
      for (let cursor = from + 1; cursor < (ends[i + 1] ?? 0); cursor += 7) {
        const facts = at(cursor);
        expect(facts.totals.countByState[chunkState.corrupt]).toBe(0);
        expect([...facts.chunks.addr].filter((addr) => !borders.has(addr))).toEqual([]);
      }
    }
  }, 60_000);

  test("mappings and counters are the kernel's, line by line", () => {
    const machine = start();
    for (let i = 0; i < 40; i++) machine.engine.malloc(i % 5 === 0 ? 0x30000 : i * 100, 0);
    const space = decodeAddressSpace(machine.bytes);
    const lines = machine.kernel
      .maps()
      .trimEnd()
      .split("\n")
      .filter((line) => !line.endsWith("[vsyscall]"));
    expect(space.vmas.map(mapsLine)).toEqual(lines.map((line) => (line.length > 73 ? line : `${line.trimEnd()} `)));
    expect(space.complete).toBe(true);
    const resident = space.vmas.reduce((sum, vma) => sum + vma.residentPages, 0);
    expect(resident * 4096).toBe(space.residentBytes);
    expect(space.vmas.reduce((sum, vma) => sum + vma.end - vma.start, 0)).toBe(space.virtualBytes);
    expect(space.vmas.map((vma) => vma.kind)).toContain("heap");
  });

  test("before the first malloc there is no chunk", () => {
    const facts = decode(start(), []);
    expect(facts.unborn).toBe(true);
    expect(facts.chunks.count).toBe(0);
    expect(facts.problems).toEqual([]);
    expect(facts.bins.lists.every((list) => list.entries.length === 0)).toBe(true);
  });
});

test("100 000 chunks decode in one go, time growing with their number only", () => {
  const machine = start();
  const live: number[] = [];
  const high = 0x5555;
  for (let i = 0; i < 100_000; i++) live.push(machine.engine.malloc(24 + (i % 13) * 16, 0));
  for (let i = 0; i < live.length; i += 3) machine.engine.free((live[i] ?? 0) >>> 0, high);
  const times = Array.from({ length: 5 }, () => {
    const before = performance.now();
    const facts = decode(machine, []);
    expect(facts.chunks.count).toBeGreaterThan(90_000);
    return performance.now() - before;
  });
  // About 20 ms alone on a core; the bound only keeps it from becoming quadratic, whatever else the machine does.
  expect(Math.min(...times)).toBeLessThan(2000);
}, 60_000);
