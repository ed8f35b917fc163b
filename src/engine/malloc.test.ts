import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { control } from "../abi/control";
import { mallinfo2, mallocInfo, mallocInfoArena, MALLOC_INFO_ROW_BYTES } from "../abi/glibc-statistics";
import { tunables } from "../abi/glibc-tunables";
import { machineMemory } from "../abi/machine-memory";
import { freshMachine } from "../headless/bench";
import { loadEngine } from "../headless/engine-module";
import type { Machine } from "../machine/machine";

const ENOMEM = 12;
const EINVAL = 22;

let module: WebAssembly.Module;
let machine: Machine | undefined;
beforeAll(async () => {
  module = await loadEngine();
});

function fresh(): Machine {
  machine = freshMachine(module, machine);
  return machine;
}

const lo = (value: number): number => value % 2 ** 32;
const hi = (value: number): number => Math.floor(value / 2 ** 32);
const free = (m: Machine, mem: number): void => m.engine.free(lo(mem), hi(mem));
const usable = (m: Machine, mem: number): number => m.engine.malloc_usable_size(lo(mem), hi(mem));
const errno = (m: Machine): number => new DataView(m.memory.buffer, machineMemory.control).getUint32(control.errno, true);
const scratch = (m: Machine, offset: number): number =>
  Number(new DataView(m.memory.buffer, machineMemory.scratch).getBigUint64(offset, true));
const tunableId = (name: string): number => tunables.find((each) => each.name === `glibc.malloc.${name}`)?.id ?? -1;

interface Block {
  readonly mem: number;
  readonly size: number;
  readonly seed: number;
}

const pattern = (seed: number, i: number): number => (seed + i * 31) & 0xff;

function write(m: Machine, block: Block): void {
  for (let i = 0; i < block.size; i++) m.engine.store(block.mem + i, 1, pattern(block.seed, i), 0);
}

function expectContents(m: Machine, mem: number, length: number, seed: number): void {
  const bytes = new Uint8Array(length);
  m.peek(mem, bytes);
  expect(bytes.findIndex((byte, i) => byte !== pattern(seed, i))).toBe(-1);
}

const call = fc.record({
  verb: fc.constantFrom("malloc", "malloc", "calloc", "memalign", "realloc", "free", "free"),
  pick: fc.nat(1000),
  size: fc.oneof(fc.nat(120), fc.nat(2000), fc.nat(70_000)),
  align: fc.constantFrom(32, 64, 256, 4096),
});

describe("malloc", () => {
  it("hands out aligned blocks that are large enough, disjoint, and keep their contents until they are freed", () => {
    fc.assert(
      fc.property(fc.array(call, { maxLength: 80 }), (calls) => {
        const m = fresh();
        let live: Block[] = [];
        calls.forEach(({ verb, pick, size, align }, seed) => {
          const old = live[pick % Math.max(live.length, 1)];
          if (verb === "free" || verb === "realloc") {
            if (old === undefined) return;
            expectContents(m, old.mem, old.size, old.seed);
            live = live.filter((block) => block !== old);
            if (verb === "free") {
              free(m, old.mem);
              return;
            }
          }
          let mem: number;
          if (verb === "realloc" && old !== undefined) {
            mem = m.engine.realloc(lo(old.mem), hi(old.mem), size + 1, 0);
            expectContents(m, mem, Math.min(old.size, size + 1), old.seed);
          } else if (verb === "calloc") {
            mem = m.engine.calloc(size + 1, 0, 1, 0);
            const bytes = new Uint8Array(size + 1);
            m.peek(mem, bytes);
            expect(bytes.every((byte) => byte === 0)).toBe(true);
          } else if (verb === "memalign") {
            mem = m.engine.memalign(align, 0, size + 1, 0);
            expect(mem % align).toBe(0);
          } else mem = m.engine.malloc(size + 1, 0);
          expect(mem % 16).toBe(0);
          const room = usable(m, mem);
          expect(room).toBeGreaterThanOrEqual(size + 1);
          for (const block of live) expect(mem + size + 1 <= block.mem || block.mem + block.size <= mem).toBe(true);
          const block = { mem, size: size + 1, seed };
          write(m, block);
          live.push(block);
        });
        for (const block of live) expectContents(m, block.mem, block.size, block.seed);
        m.engine.mallinfo2();
        expect(scratch(m, mallinfo2.uordblks) + scratch(m, mallinfo2.fordblks)).toBe(scratch(m, mallinfo2.arena));
      }),
      { numRuns: 60 },
    );
  });

  it("says ENOMEM for what cannot be, and errno survives free", () => {
    const m = fresh();
    expect(m.engine.malloc(-1, -1)).toBe(0);
    expect(errno(m)).toBe(ENOMEM);
    expect(m.engine.calloc(0, 1, 0, 1)).toBe(0);
    free(m, m.engine.malloc(100, 0));
    expect(errno(m)).toBe(ENOMEM);
    expect(m.engine.posix_memalign(24, 0, 10, 0)).toBe(EINVAL);
    expect(m.engine.posix_memalign(64, 0, -1, -1)).toBe(ENOMEM);
    expect(m.engine.memalign(1, 0x80000000 | 0, 10, 0)).toBe(0);
    expect(errno(m)).toBe(EINVAL);
  });

  it("aborts in glibc's own words", () => {
    const m = fresh();
    const mem = m.engine.malloc(24, 0);
    free(m, mem);
    const outcome = m.call(() => free(m, mem));
    expect(outcome).toMatchObject({
      kind: "stopped",
      report: { stop: "abort", signal: 6, message: "free(): double free detected in tcache 2\n" },
    });
  });

  it("stops at the budget inside a list that never ends", () => {
    const m = fresh();
    const [smaller, , larger] = [0x4f0, 0x20, 0x510, 0x20].map((size) => m.engine.malloc(size, 0));
    if (smaller === undefined || larger === undefined) throw new Error("no memory");
    free(m, smaller);
    free(m, larger);
    m.engine.malloc(0x1000, 0);
    // Both are in one large bin now. The smaller one's bk_nextsize leads to itself, so the search for 0x520 never gets to the larger.
    const chunk = smaller - 16;
    m.engine.store(smaller + 0x18, 8, lo(chunk), hi(chunk));
    new DataView(m.memory.buffer, machineMemory.control).setBigUint64(control.budget, 100_000n, true);
    expect(m.call(() => m.engine.malloc(0x510, 0))).toMatchObject({ kind: "stopped", report: { stop: "budget" } });
  });

  it("reads tunables at the first call only", () => {
    const m = fresh();
    m.engine.setTunable(tunableId("tcache_count"), 0, 0);
    m.engine.setTunable(tunableId("mmap_threshold"), 0x100000, 0);
    const small = m.engine.malloc(24, 0);
    free(m, small);
    m.engine.mallinfo2();
    expect(scratch(m, mallinfo2.smblks)).toBe(1);
    m.engine.setTunable(tunableId("mmap_threshold"), 0x20000, 0);
    m.engine.malloc(0x80000, 0);
    m.engine.mallinfo2();
    expect(scratch(m, mallinfo2.hblks)).toBe(0);
    m.engine.malloc(0x100000, 0);
    m.engine.mallinfo2();
    expect(scratch(m, mallinfo2.hblks)).toBe(1);
  });

  it("adds up the bins row by row as mallinfo2 does in one sum", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3000), { minLength: 20, maxLength: 60 }), (sizes) => {
        const m = fresh();
        const blocks = sizes.map((size) => m.engine.malloc(size, 0));
        for (const mem of blocks.filter((_, i) => i % 2 === 0)) free(m, mem);
        m.engine.malloc(0x2000, 0);
        m.engine.mallinfo2();
        const [ordblks, fastblks, fordblks] = [
          scratch(m, mallinfo2.ordblks),
          scratch(m, mallinfo2.smblks),
          scratch(m, mallinfo2.fordblks),
        ];
        m.engine.malloc_info();
        expect(scratch(m, mallocInfo.blocks + mallocInfoArena.restCount)).toBe(ordblks);
        expect(scratch(m, mallocInfo.blocks + mallocInfoArena.fastCount)).toBe(fastblks);
        let counted = 1;
        let flags = 0;
        const fastbins = scratch(m, mallocInfo.fastbins);
        for (let row = fastbins; row < scratch(m, mallocInfo.rowCount); row++) {
          const count = scratch(m, mallocInfo.blocks + mallocInfoArena.rows + row * MALLOC_INFO_ROW_BYTES + 24);
          counted += count;
          // malloc_info adds sizes with their PREV_INUSE bit.
          flags += count;
        }
        expect(counted).toBe(ordblks);
        expect(scratch(m, mallocInfo.blocks + mallocInfoArena.restBytes) - flags + scratch(m, mallocInfo.blocks + mallocInfoArena.fastBytes)).toBe(fordblks);
      }),
      { numRuns: 30 },
    );
  });
});
