import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { control } from "../abi/control";
import { machineMemory, PAGE_SIZE } from "../abi/machine-memory";
import { freshMachine } from "../headless/bench";
import { loadEngine } from "../headless/engine-module";
import type { Machine } from "../machine/machine";

const SPAN = 4 * PAGE_SIZE;
const SIGSEGV = 11;
const SEGV_MAPERR = 1;
const SI_KERNEL = 0x80;

let module: WebAssembly.Module;
let machine: Machine | undefined;
beforeAll(async () => {
  module = await loadEngine();
});

function fresh(tracing: number): Machine {
  machine = freshMachine(module, machine);
  machine.setTracing(tracing);
  return machine;
}

/** Places to try: inside the heap (first hot region), in a mapping (page tables), at the end of the heap's touched part. */
const places = {
  heap: (m: Machine): number => m.engine.malloc(SPAN, 0),
  mapping: (m: Machine): number => m.engine.malloc(0x40000, 0),
};

const resultHi = (m: Machine): number => new DataView(m.memory.buffer, machineMemory.control).getUint32(control.resultHi, true);

function loadWord(m: Machine, addr: number, size: number): bigint {
  const low = BigInt(m.engine.load(addr, size) >>> 0);
  return size === 8 ? (BigInt(resultHi(m)) << 32n) | low : low;
}

const access = fc.record({
  offset: fc.nat(SPAN - 8),
  size: fc.constantFrom(1, 2, 4, 8),
  value: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
});

describe("memory", () => {
  for (const [place, open] of Object.entries(places)) {
    for (const tracing of [0, 3]) {
      it(`reads back what was stored, at every size and alignment, across pages too (${place}, tracing ${tracing})`, () => {
        fc.assert(
          fc.property(fc.array(access, { maxLength: 200 }), (accesses) => {
            const m = fresh(tracing);
            const base = open(m);
            const model = new DataView(new ArrayBuffer(SPAN));
            m.engine.fill(base, 0, SPAN);
            const modelRead = (offset: number, size: number): bigint => {
              let value = 0n;
              for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(model.getUint8(offset + i));
              return value;
            };
            for (const { offset, size, value } of accesses) {
              m.engine.store(base + offset, size, Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)));
              for (let i = 0; i < size; i++) model.setUint8(offset + i, Number((value >> BigInt(8 * i)) & 0xffn));
              expect(loadWord(m, base + offset, size)).toBe(modelRead(offset, size));
            }
            for (const { offset, size } of accesses) expect(loadWord(m, base + offset, size)).toBe(modelRead(offset, size));
          }),
          { numRuns: 15 },
        );
      });

      it(`fills and moves bytes like memset and memmove (${place}, tracing ${tracing})`, () => {
        const range = fc.record({ from: fc.nat(SPAN - 1), to: fc.nat(SPAN - 1), length: fc.nat(2 * PAGE_SIZE) });
        fc.assert(
          fc.property(fc.array(range, { maxLength: 12 }), (moves) => {
            const m = fresh(tracing);
            const base = open(m);
            const model = new Uint8Array(SPAN).map((_, i) => (i * 7) & 0xff);
            model.forEach((byte, i) => {
              m.engine.store(base + i, 1, byte, 0);
            });
            moves.forEach(({ from, to, length }, index) => {
              const bytes = Math.min(length, SPAN - from, SPAN - to);
              if (index % 3 === 2) {
                m.engine.fill(base + to, index, bytes);
                model.fill(index, to, to + bytes);
              } else {
                m.engine.copy(base + to, base + from, bytes);
                model.copyWithin(to, from, from + bytes);
              }
            });
            const seen = new Uint8Array(SPAN);
            m.peek(base, seen);
            expect(Buffer.compare(seen, model)).toBe(0);
          }),
          { numRuns: 10 },
        );
      });
    }
  }

  it("takes a page away from translation when the kernel does", () => {
    const m = fresh(0);
    const mem = m.engine.malloc(0x40000, 0);
    m.engine.store(mem, 8, 1, 1);
    m.engine.free(mem % 2 ** 32, Math.floor(mem / 2 ** 32));
    const outcome = m.call(() => m.engine.load(mem, 8));
    expect(outcome).toMatchObject({
      kind: "stopped",
      report: { stop: "signal", signal: SIGSEGV, signalCode: SEGV_MAPERR, signalAddr: BigInt(mem), signalWrite: false },
    });
  });

  it("reports the second page's start when only that page of a straddling access is missing, and changes nothing", () => {
    const m = fresh(0);
    const top = m.engine.sbrk(PAGE_SIZE, 0) + PAGE_SIZE;
    const outcome = m.call(() => m.engine.store(top - 4, 8, -1, -1));
    expect(outcome).toMatchObject({ kind: "stopped", report: { signalAddr: BigInt(top), signalWrite: true } });
    const before = new Uint8Array(4);
    m.peek(top - 4, before);
    expect([...before]).toEqual([0, 0, 0, 0]);
  });

  it("knows no address for a non-canonical access, and the whole one for the kernel's half", () => {
    const free = (lo: number, hi: number) => {
      const m = fresh(0);
      return m.call(() => m.engine.free(lo, hi));
    };
    expect(free(0x10, 0x41414141)).toMatchObject({
      kind: "stopped",
      report: { signal: SIGSEGV, signalCode: SI_KERNEL, signalAddr: 0n },
    });
    expect(free(0x10, 0xffff8000 | 0)).toMatchObject({
      kind: "stopped",
      report: { signalCode: SEGV_MAPERR, signalAddr: 0xffff800000000008n },
    });
  });
});
