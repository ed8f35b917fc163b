import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { PAGE_SIZE } from "../../abi/machine-memory";
import type { Machine } from "../../machine/machine";
import { loadEngine } from "../engine-module";
import { Fnv64, HASH32_START, hash32, hex32 } from "./hash";
import { watchHeap } from "./heap-watch";
import { parseRecording } from "./recording";
import { startReplay } from "./session";

let module: WebAssembly.Module;
beforeAll(async () => {
  module = await loadEngine();
}, 120_000);

const PAGES = 80;
const WORDS = (PAGES * PAGE_SIZE) / 4;

function contents(machine: Machine, start: number, words: number): Uint32Array {
  const bytes = new Uint8Array(words * 4);
  machine.peek(start, bytes);
  return new Uint32Array(bytes.buffer);
}

/** What a watch says, worked out from two copies of everything. `now` and `before` are as long; above the end both are zero. */
function expected(now: Uint32Array, before: Uint32Array, words: number, from: number): unknown {
  const row: number[] = [];
  let hn = 0;
  for (let i = 0; i < words; i += 2) {
    if (now[i] === before[i] && now[i + 1] === before[i + 1]) continue;
    row.push(i * 4, now[i] ?? 0, now[i + 1] ?? 0);
    hn++;
  }
  const fnv = new Fnv64();
  fnv.words(now, from, words);
  const hx = hn > 24 ? hex32(hash32(Uint32Array.from(row), 0, row.length, HASH32_START)) : null;
  return { hn, hx, hh: fnv.hex(), h32: hex32(hash32(now, from, words, HASH32_START)), listed: row.slice(0, 72) };
}

const writes = fc.array(fc.tuple(fc.nat(WORDS / 2 - 1), fc.constantFrom(0, 1, 0xffff_ffff), fc.integer({ min: 1, max: 40 })), {
  maxLength: 4,
});
const rounds = fc.array(fc.tuple(fc.integer({ min: 1, max: PAGES }), writes), { minLength: 1, maxLength: 6 });

it("tells every changed word, and hashes that of all, however the heap grows, shrinks and is written to", () => {
  const replay = startReplay(module, parseRecording("m 0 24"));
  replay.next();
  const { machine } = replay;
  const start = machine.kernel.currentBrk();
  fc.assert(
    fc.property(rounds, fc.constantFrom(0, 2, 550), (history, from) => {
      const watch = watchHeap(machine, start, 8);
      machine.kernel.brk(start);
      let before = new Uint32Array(WORDS);
      for (const [pages, stores] of history) {
        const end = start + pages * PAGE_SIZE - 16;
        const words = (end - start) / 4;
        machine.kernel.brk(start + pages * PAGE_SIZE);
        for (const [at, value, count] of stores) {
          for (let i = at; i < Math.min(at + count, (pages * PAGE_SIZE) / 8); i++)
            machine.engine.store(start + i * 8, 8, value, i);
        }
        before.fill(0, words);
        const now = new Uint32Array(WORDS);
        now.set(contents(machine, start, words));
        const { hd, hn, hx } = watch.observe(end);
        const listed = hd.flatMap(([offset, word]) => {
          const value = BigInt(`0x${word}`);
          return [Number.parseInt(offset, 16), Number(value & 0xffff_ffffn), Number(value >> 32n)];
        });
        const got = { hn, hx, hh: watch.hh(from * 4), h32: watch.h32(from * 4), listed };
        expect(got).toEqual(expected(now, before, words, from));
        expect([...watch.first(32)]).toEqual([...now.subarray(0, 8)]);
        before = now;
      }
    }),
    { numRuns: 40 },
  );
});
