import { createHash } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { control } from "../abi/control";
import { kernelRanges } from "../abi/kernel";
import { RECORD_BYTES, recordKind } from "../abi/journal";
import { HEAP_WINDOW_SLOTS, machineMemory, PAGE_SIZE } from "../abi/machine-memory";
import { freshMachine } from "../headless/bench";
import { loadEngine } from "../headless/engine-module";
import type { Machine } from "../machine/machine";

const TRACE_ALL = 3;

let module: WebAssembly.Module;
let machine: Machine | undefined;
beforeAll(async () => {
  module = await loadEngine();
});

function fresh(): Machine {
  machine = freshMachine(module, machine);
  machine.setTracing(TRACE_ALL);
  return machine;
}

const word = (m: Machine, field: number): number => new DataView(m.memory.buffer, machineMemory.control).getUint32(field, true);
const cursorOf = (m: Machine): number => word(m, control.journalCursor);

/** Everything that is state: signal fields and hot regions, kernel structs, page descriptors, frames. Pages of zeros do not count. */
function digest(m: Machine): string {
  const { window, pool } = m.kernel.used;
  const frame = (pfn: number): number => machineMemory.frames + pfn * PAGE_SIZE;
  const at = machineMemory.control;
  const hash = createHash("sha1");
  hash
    .update(m.bytes.slice(at + control.stop, at + control.result))
    .update(m.bytes.slice(at + control.hot0Start, at + control.pgd + 4));
  for (const [from, to] of [
    ...kernelRanges(m.bytes),
    [frame(0), frame(window)],
    [frame(HEAP_WINDOW_SLOTS), frame(pool)],
  ] as const) {
    for (let page = from; page < to; page += PAGE_SIZE) {
      const words = new BigUint64Array(m.memory.buffer, page, PAGE_SIZE / 8);
      if (words.some((each) => each !== 0n)) hash.update(`${page}`).update(m.bytes.slice(page, page + PAGE_SIZE));
    }
  }
  return hash.digest("hex");
}

/** One step of a random program: slots hold pointers. Sizes reach from tcache to mmap. */
const step = fc.oneof(
  fc.record({ do: fc.constant("malloc"), slot: fc.nat(15), size: fc.oneof(fc.nat(0x500), fc.nat(0x30000)) }),
  fc.record({ do: fc.constant("calloc"), slot: fc.nat(15), size: fc.nat(0x900) }),
  fc.record({ do: fc.constant("realloc"), slot: fc.nat(15), size: fc.oneof(fc.nat(0x500), fc.nat(0x30000)) }),
  fc.record({ do: fc.constant("memalign"), slot: fc.nat(15), size: fc.nat(0x900) }),
  fc.record({ do: fc.constant("free"), slot: fc.nat(15), size: fc.constant(0) }),
  fc.record({ do: fc.constant("fill"), slot: fc.nat(15), size: fc.nat(0x500) }),
  fc.record({ do: fc.constant("trim"), slot: fc.constant(0), size: fc.nat(0x100) }),
);

function perform(m: Machine, slots: number[], { do: verb, slot, size }: { do: string; slot: number; size: number }): void {
  const { engine } = m;
  const mem = slots[slot] ?? 0;
  const [lo, hi] = [mem % 2 ** 32, Math.floor(mem / 2 ** 32)];
  if (verb === "realloc") slots[slot] = engine.realloc(lo, hi, size, 0);
  else if (verb === "trim") engine.malloc_trim(size, 0);
  else if (verb === "fill") {
    if (mem !== 0) engine.fill(mem, 0x5a, Math.min(size, engine.malloc_usable_size(lo, hi)));
  } else {
    engine.free(lo, hi);
    slots[slot] = 0;
    if (verb === "malloc") slots[slot] = engine.malloc(size, 0);
    if (verb === "calloc") slots[slot] = engine.calloc(1, 0, size, 0);
    if (verb === "memalign") slots[slot] = engine.memalign(64, 0, size, 0);
  }
}

describe("journal", () => {
  it("undoes to every earlier state, redoes to every later one, whatever the order of seeks", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), fc.array(fc.nat(1000), { maxLength: 12 }), (steps, seeks) => {
        const m = fresh();
        const slots: number[] = [];
        const seen = [{ cursor: cursorOf(m), digest: digest(m) }];
        for (const each of steps) {
          const outcome = m.call(() => perform(m, slots, each));
          expect(outcome.kind).toBe("ok");
          seen.push({ cursor: cursorOf(m), digest: digest(m) });
        }
        const last = seen.at(-1);
        for (const pick of [...seeks, 0]) {
          const target = seen[pick % seen.length];
          if (target === undefined || last === undefined) throw new Error("nothing seen");
          m.engine.seek(target.cursor);
          expect(cursorOf(m)).toBe(target.cursor);
          expect(digest(m)).toBe(target.digest);
        }
        // From the very beginning, record by record, to the live end.
        m.engine.seek(seen[0]?.cursor ?? 0);
        m.engine.seek(last?.cursor ?? 0);
        expect(digest(m)).toBe(last?.digest);
      }),
      { numRuns: 40 },
    );
  });

  it("goes to any record between two calls and back", () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 5, maxLength: 30 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 }),
        (steps, picks) => {
          const m = fresh();
          const slots: number[] = [];
          for (const each of steps) m.call(() => perform(m, slots, each));
          const head = cursorOf(m);
          const live = digest(m);
          for (const pick of picks) {
            const target = Math.floor(pick * head);
            m.engine.seek(target);
            const direct = digest(m);
            m.engine.seek(Math.floor((1 - pick) * head));
            m.engine.seek(target);
            expect(digest(m)).toBe(direct);
          }
          m.engine.seek(head);
          expect(digest(m)).toBe(live);
        },
      ),
      { numRuns: 20 },
    );
  });

  it("runs on from an earlier state as if the later records had never been", () => {
    const m = fresh();
    const first = m.engine.malloc(100, 0);
    const middle = cursorOf(m);
    const second = m.engine.malloc(200, 0);
    const after = digest(m);
    m.engine.seek(middle);
    expect(m.engine.malloc(200, 0)).toBe(second);
    expect(word(m, control.journalHead)).toBe(cursorOf(m));
    expect(digest(m)).toBe(after);
    expect(second).toBeGreaterThan(first);
  });

  it("keeps the newest records when the ring is full, and undoes as far as they reach", () => {
    const m = fresh();
    const view = new DataView(m.memory.buffer, machineMemory.control);
    view.setUint32(control.journalCapacity, 500, true);
    const states = new Map<number, string>();
    for (let i = 0; i < 60; i++) {
      m.engine.malloc(16 * i, 0);
      states.set(cursorOf(m), digest(m));
    }
    const tail = word(m, control.journalTail);
    expect(cursorOf(m) - tail).toBe(500);
    const reachable = [...states].filter(([cursor]) => cursor >= tail).toReversed();
    expect(reachable.length).toBeGreaterThan(5);
    for (const [cursor, state] of reachable) {
      m.engine.seek(cursor);
      expect(digest(m)).toBe(state);
    }
  });

  it("records writes that do not straddle a page, with what was there before", () => {
    const m = fresh();
    const mem = m.engine.malloc(3 * PAGE_SIZE, 0);
    const across = Math.ceil(mem / PAGE_SIZE) * PAGE_SIZE - 3;
    m.engine.store(across, 8, 0x11111111, 0x22222222);
    const begin = cursorOf(m);
    m.engine.store(across, 8, 0x55667788, 0x11223344);
    const view = new DataView(m.memory.buffer, machineMemory.journal);
    let bytes = 0;
    for (let at = begin * RECORD_BYTES; at < cursorOf(m) * RECORD_BYTES; at += RECORD_BYTES) {
      if (view.getUint8(at) !== recordKind.write) continue;
      const size = view.getUint8(at + 1);
      const where = view.getUint32(at + 4, true);
      expect(Math.floor(where / PAGE_SIZE)).toBe(Math.floor((where + size - 1) / PAGE_SIZE));
      expect(Number(view.getBigUint64(at + 8, true))).toBe(bytes < 4 ? 0x11 : 0x22);
      bytes += size;
    }
    expect(bytes).toBe(8);
    expect(m.engine.load(across, 8) >>> 0).toBe(0x55667788);
    expect(word(m, control.resultHi)).toBe(0x11223344);
  });
});
