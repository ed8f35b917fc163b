import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { stop } from "../abi/control";
import { glibcSymbols } from "../abi/glibc-symbols";
import { libcImage } from "../abi/libc-images";
import { threadState, threadTable } from "../abi/threads";
import { arenaOf, HEAP_MAX, prepare, type Process, start, threadArenaOf, tunableId } from "../headless/testing/threads";

beforeAll(prepare, 120_000);

const step = fc.record({
  thread: fc.nat(3),
  verb: fc.constantFrom("malloc", "malloc", "calloc", "memalign", "realloc", "free", "free", "trim", "restart"),
  pick: fc.nat(1000),
  size: fc.oneof(fc.nat(120), fc.nat(2000), fc.nat(70_000), fc.nat(400_000)),
});

describe("threads and their arenas", () => {
  it("no two live blocks overlap, whoever allocated or freed them, and arenas and heaps stay in order", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 120 }), (steps) => {
        const p = start();
        const rows = [0, p.threads.create(), p.threads.create(), p.threads.create()];
        let live: { readonly mem: number; readonly size: number; readonly seed: number }[] = [];
        const fill = (mem: number, size: number, seed: number): void => p.machine.engine.fill(mem, seed & 0xff, size);
        const check = ({ mem, size, seed }: { mem: number; size: number; seed: number }): void => {
          const bytes = new Uint8Array(size);
          p.machine.peek(mem, bytes);
          expect(bytes.every((byte) => byte === (seed & 0xff))).toBe(true);
        };
        steps.forEach(({ thread, verb, pick, size }, seed) => {
          const row = rows[thread] ?? 0;
          if (verb === "restart" && thread > 0) {
            p.on(row, () => p.threads.exit());
            p.threads.reap(row);
            rows[thread] = p.threads.create();
            return;
          }
          p.on(row, () => {
            const old = live[pick % Math.max(1, live.length)];
            let mem = 0;
            if (verb === "trim") p.machine.engine.malloc_trim(0, 0);
            else if ((verb === "free" || verb === "realloc") && old !== undefined) {
              check(old);
              live = live.filter((each) => each !== old);
              if (verb === "free") p.free(old.mem);
              else mem = p.machine.engine.realloc(old.mem % 2 ** 32, Math.floor(old.mem / 2 ** 32), size + 1, 0);
            } else if (verb === "calloc") mem = p.machine.engine.calloc(1, 0, size + 1, 0);
            else if (verb === "memalign") mem = p.machine.engine.memalign(256, 0, size + 1, 0);
            else mem = p.malloc(size + 1);
            if (mem === 0) return;
            fill(mem, size + 1, seed);
            live.push({ mem, size: size + 1, seed });
          });
        });
        live.forEach(check);
        const sorted = live.toSorted((a, b) => a.mem - b.mem);
        sorted.slice(1).forEach((block, i) => {
          const before = sorted[i];
          expect(block.mem).toBeGreaterThanOrEqual((before?.mem ?? 0) + (before?.size ?? 0));
        });
        const arenas = p.arenas();
        expect(new Set(arenas).size).toBe(arenas.length);
        for (const arena of arenas.slice(1)) {
          const heaps = p.heaps(arena);
          for (const heap of heaps) expect([heap % HEAP_MAX, p.word(heap)]).toEqual([0, arena]);
          expect(arena - (heaps.at(-1) ?? 0)).toBe(48);
          expect(heaps.reduce((sum, heap) => sum + p.word(heap + 16), 0)).toBe(p.field(arena, "system_mem"));
        }
        const attached = arenas.map((arena) => p.field(arena, "attached_threads")).reduce((a, b) => a + b);
        const users = new Set(rows.map((row) => p.on(row, () => threadArenaOf(p)))).size;
        const running = rows.filter((row) => p.on(row, () => threadArenaOf(p)) !== 0).length;
        expect(attached).toBe(running);
        expect(users).toBeLessThanOrEqual(arenas.length + 1);
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  it("a block freed by another thread goes to the freeing thread's tcache, a large one back to the arena it came from", () => {
    const p = start();
    const other = p.threads.create();
    const [small, large, guard] = p.on(other, () => [p.malloc(100), p.malloc(5000), p.malloc(100)]);
    const arena = arenaOf(p, large ?? 0);
    expect(arena).not.toBe(p.machine.process.mainArena);
    p.free(small ?? 0);
    expect(p.malloc(100)).toBe(small);
    p.free(large ?? 0);
    expect(p.word(p.field(arena, "bins") === 0 ? 0 : arena + 112)).toBe((large ?? 0) - 16);
    expect(p.malloc(5000)).not.toBe(large);
    expect(p.on(other, () => p.malloc(5000))).toBe(large);
    expect(guard).toBeGreaterThan(large ?? 0);
  });

  it("two cores make 16 arenas, main_arena included; the next threads share them in turn, main_arena first", () => {
    const p = start();
    p.malloc(1);
    const rows = Array.from({ length: 18 }, () => p.threads.create());
    const arenas = rows.map((row) => p.on(row, () => arenaOf(p, p.malloc(2000))));
    expect(p.arenas()).toHaveLength(16);
    expect(new Set(arenas.slice(0, 15)).size).toBe(15);
    expect(arenas.slice(15)).toEqual([p.machine.process.mainArena, arenas[14], arenas[13]]);
    expect(p.field(p.machine.process.mainArena, "attached_threads")).toBe(2);
  });

  it("arena_max ends the making of arenas at once, arena_test only delays the question", () => {
    const few = start();
    few.machine.engine.setTunable(tunableId("arena_max"), 2, 0);
    const rows = Array.from({ length: 4 }, () => few.threads.create());
    rows.forEach((row) => few.on(row, () => few.malloc(10)));
    expect(few.arenas()).toHaveLength(2);
    const late = start();
    late.machine.engine.setTunable(tunableId("arena_test"), 30, 0);
    Array.from({ length: 20 }, () => late.threads.create()).forEach((row) => late.on(row, () => late.malloc(10)));
    expect(late.arenas()).toHaveLength(21);
  });

  it("a thread that ends leaves its arena to the next one", () => {
    const p = start();
    const first = p.threads.create();
    const arena = p.on(first, () => arenaOf(p, p.malloc(2000)));
    p.on(first, () => p.threads.exit());
    expect(p.state(first)).toBe(threadState.ended);
    expect(p.field(arena, "attached_threads")).toBe(0);
    p.threads.reap(first);
    const second = p.threads.create();
    expect(second).not.toBe(first);
    expect(p.on(second, () => arenaOf(p, p.malloc(2000)))).toBe(arena);
    expect(p.field(arena, "attached_threads")).toBe(1);
  });

  it("stacks are reused newest first, and the cache keeps four of them", () => {
    const p = start();
    const row = (thread: number, field: "stackStart" | "threadPointer"): number =>
      Number(new DataView(p.machine.memory.buffer).getBigUint64(threadTable.at + thread * threadTable.stride + threadTable[field], true));
    const rows = Array.from({ length: 8 }, () => p.threads.create());
    const stacks = rows.map((each) => row(each, "stackStart"));
    expect(stacks.slice(1).every((stack, i) => stack === (stacks[i] ?? 0) - 0x80_1000)).toBe(true);
    for (const each of rows) {
      p.on(each, () => p.threads.exit());
      p.threads.reap(each);
    }
    const left = p.machine.kernel.entries().filter((entry) => entry.end - entry.start === 0x80_0000).map((entry) => entry.start);
    expect(left.toSorted((a, b) => b - a)).toEqual(stacks.slice(4));
    expect(row(p.threads.create(), "stackStart")).toBe(stacks[7]);
    expect(p.machine.stopped()).toBeNull();
  });
});

describe("a thread paused inside malloc", () => {
  it("makes others wait for its arena, and costs them nothing once it is released", () => {
    const p = start();
    p.machine.engine.setTunable(tunableId("arena_max"), 1, 0);
    p.malloc(10);
    const [one, two] = [p.threads.create(), p.threads.create()];
    p.on(one, () => p.malloc(10));
    p.on(two, () => p.malloc(10));
    p.threads.switchTo(one);
    expect(p.threads.hold()).toBe(p.machine.process.mainArena);
    expect(p.state(one)).toBe(threadState.insideMalloc);
    p.threads.switchTo(two);
    const outcome = p.machine.call(() => p.malloc(3000));
    expect(outcome).toMatchObject({ kind: "stopped", report: { stop: "blocked" } });
    expect(Object.keys(stop)).toContain("blocked");
    p.threads.switchTo(one);
    p.threads.release(one);
    expect(p.malloc(3000)).toBeGreaterThan(0);
    expect(p.on(two, () => p.malloc(3000))).toBeGreaterThan(0);
  });

  it("makes a request of 2.12.1 go around the ring, to a new arena when all are locked", () => {
    const p = start("2.12.1");
    p.malloc(10);
    const [one, two] = [p.threads.create(), p.threads.create()];
    const { mainArena } = p.machine.process;
    expect(p.on(one, () => arenaOf(p, p.malloc(100)))).toBe(mainArena);
    p.threads.hold();
    const other = p.on(one, () => arenaOf(p, p.malloc(100)));
    expect(other).not.toBe(mainArena);
    expect(p.on(two, () => arenaOf(p, p.malloc(100)))).toBe(other);
    p.threads.release(0);
    // Each keeps to the last one it had.
    expect(p.on(one, () => arenaOf(p, p.malloc(100)))).toBe(other);
    expect(arenaOf(p, p.malloc(100))).toBe(mainArena);
    expect(p.arenas()).toHaveLength(2);
  });

  it("leaves a thread of 2.23 without an arena when all are locked: it gets a mapping; later releases wait", () => {
    const blocked = (glibc: string): { readonly p: Process; readonly two: number } => {
      const p = start(glibc);
      p.machine.engine.setTunable(tunableId("arena_max"), 1, 0);
      p.malloc(10);
      const two = p.threads.create();
      p.threads.hold();
      p.threads.switchTo(two);
      return { p, two };
    };
    const old = blocked("2.23").p;
    expect(old.word(old.malloc(100) - 8) & 2).toBe(2);
    const { p } = blocked("2.26");
    expect(p.machine.call(() => p.malloc(100))).toMatchObject({ kind: "stopped", report: { stop: "blocked" } });
  });

  it("sends a new thread to another arena when the limit is reached", () => {
    const p = start();
    p.machine.engine.setTunable(tunableId("arena_max"), 2, 0);
    p.malloc(10);
    const [one, two] = [p.threads.create(), p.threads.create()];
    const arena = p.on(one, () => arenaOf(p, p.malloc(2000)));
    // Next in turn would be main_arena, but main stands inside malloc.
    p.threads.hold();
    expect(p.on(two, () => arenaOf(p, p.malloc(2000)))).toBe(arena);
    p.threads.release(0);
  });
});

describe("several threads", () => {
  it("look at the next chunk of a fastbin before they put it there", () => {
    const dies = (alone: boolean): string => {
      const p = start();
      if (!alone) p.threads.create();
      const [victim, ...others] = Array.from({ length: 9 }, () => p.malloc(24));
      for (const mem of [...others.slice(0, 7), victim ?? 0, others[7] ?? 0]) p.free(mem);
      // The first of the fastbin leads to no chunk.
      const at = others[7] ?? 0;
      p.machine.engine.store(at, 8, Number((BigInt(at) >> 12n) & 0xffff_ffffn) ^ 8, 0);
      const outcome = p.machine.call(() => Array.from({ length: 9 }, () => p.malloc(24)));
      return outcome.kind === "stopped" ? outcome.report.message.trim() : "";
    };
    expect(dies(false)).toBe("malloc(): unaligned fastbin chunk detected");
    expect(dies(true)).not.toBe("malloc(): unaligned fastbin chunk detected");
  });

  it("end in every release, and leave no thread attached", () => {
    for (const glibc of new Set(glibcSymbols.filter((symbols) => libcImage(symbols) !== undefined).map((symbols) => symbols.glibc))) {
      const p = start(glibc);
      p.malloc(100);
      const row = p.threads.create();
      p.on(row, () => {
        const blocks = Array.from({ length: 40 }, (_, i) => p.malloc(24 + 40 * i));
        blocks.forEach((mem) => p.free(mem));
        p.threads.exit();
      });
      p.threads.reap(row);
      expect(p.machine.stopped(), glibc).toBeNull();
      const [, other] = p.arenas();
      if (other !== undefined) expect(p.field(other, "attached_threads"), glibc).toBe(0);
      expect(other === undefined, glibc).toBe(glibc === "2.12.1");
    }
  });
});
