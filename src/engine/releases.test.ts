import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { findMallocAbi, mallocAbis } from "../abi/glibc-structs";
import { findGlibcSymbols, glibcSymbols } from "../abi/glibc-symbols";
import { libcImage } from "../abi/libc-images";
import { loadEngine } from "../headless/engine-module";
import { defaultLayout } from "../machine/layout";
import { createMachine, type Machine } from "../machine/machine";

const KEY = 0x5ca1_ab1e_0ddb_a11bn;

let module: WebAssembly.Module;
let machine: Machine | undefined;
beforeAll(async () => {
  module = await loadEngine();
}, 120_000);

/** Builds whose libc can be laid out, the first of each release and width. */
const builds = mallocAbis.flatMap(({ glibc, abi }) => {
  const symbols = findGlibcSymbols(glibc, abi);
  const image = symbols === undefined ? undefined : libcImage(symbols);
  return image === undefined ? [] : [{ glibc, abi, image }];
});

function processOf({ glibc, abi, image }: (typeof builds)[number]): Machine {
  const layout = defaultLayout("/home/user/p", { textBytes: 0, rodataBytes: 0, dataBytes: 0, bssBytes: 0 }, { abi }, image);
  machine = createMachine({ module, layout, glibc, abi, tcacheKey: KEY, ...(machine ? { reuse: machine } : {}) });
  return machine;
}

const lo = (value: number): number => value % 2 ** 32;
const hi = (value: number): number => Math.floor(value / 2 ** 32);

const step = fc.record({
  verb: fc.constantFrom("malloc", "malloc", "calloc", "memalign", "realloc", "free", "free", "free"),
  pick: fc.nat(1000),
  size: fc.oneof(fc.nat(120), fc.nat(1200), fc.nat(40_000)),
  align: fc.constantFrom(32, 64, 4096),
});

describe.each(builds)("malloc of $glibc, $abi", (build) => {
  const abi = findMallocAbi(build.glibc, build.abi);

  it("hands out aligned, disjoint blocks that keep what is written to their ends, and zeroes what calloc promises", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 60 }), (steps) => {
        const m = processOf(build);
        const { engine } = m;
        let live: { mem: number; size: number; seed: number }[] = [];
        const byteAt = (at: number): number => {
          const one = new Uint8Array(1);
          m.peek(at, one);
          return one[0] ?? -1;
        };
        const outcome = m.call(() => {
          for (const [seed, { verb, pick, size, align }] of steps.entries()) {
            const old = live[pick % Math.max(live.length, 1)];
            if (verb === "free" || verb === "realloc") {
              if (old === undefined) continue;
              if (old.size > 0) expect([byteAt(old.mem), byteAt(old.mem + old.size - 1)]).toEqual([old.seed, old.seed]);
              live = live.filter((each) => each !== old);
            }
            const asked = size + 1;
            let mem = 0;
            if (verb === "free" && old) engine.free(lo(old.mem), hi(old.mem));
            else if (verb === "realloc" && old) mem = engine.realloc(lo(old.mem), hi(old.mem), asked, 0);
            else if (verb === "calloc") mem = engine.calloc(1, 0, asked, 0);
            else if (verb === "memalign") mem = engine.memalign(align, 0, asked, 0);
            else mem = engine.malloc(asked, 0);
            if (verb === "free") continue;
            expect(mem).toBeGreaterThan(0);
            expect(mem % (verb === "memalign" ? align : (abi?.alignment ?? 1))).toBe(0);
            expect(engine.malloc_usable_size(lo(mem), hi(mem))).toBeGreaterThanOrEqual(asked);
            expect(live.every((each) => each.mem + each.size <= mem || mem + asked <= each.mem)).toBe(true);
            if (verb === "calloc") expect([byteAt(mem), byteAt(mem + asked - 1)]).toEqual([0, 0]);
            engine.fill(mem, seed, asked);
            live.push({ mem, size: asked, seed });
          }
        });
        expect(outcome.kind).toBe("ok");
      }),
      { numRuns: 6 },
    );
  }, 60_000);
});

describe("symbols", () => {
  it("of a build that nobody has seen are laid out around its main_arena and mp_, apart from each other", () => {
    for (const { glibc, abi, mallocState } of mallocAbis) {
      const symbols = findGlibcSymbols(glibc, abi, { mainArena: 0x1d_0000, mp: 0x1c_f000 });
      expect(symbols?.build).toBe("other");
      const { tcacheKey = 0, globalMaxFast = 0, perturbByte = 0, mallocInitialized = 0, curbrk = 0, hooks = 0 } = symbols ?? {};
      const places = [tcacheKey, globalMaxFast, perturbByte, mallocInitialized, curbrk, hooks];
      expect(new Set(places).size).toBe(places.length);
      expect(Math.min(...places)).toBeGreaterThanOrEqual(0x1d_0000 + mallocState.sizeBytes);
    }
  });

  it("of Debian's build come first for its release", () => {
    expect(findGlibcSymbols("2.36", "amd64")?.build).toBe("debian");
    expect(glibcSymbols.filter(({ glibc, abi }) => glibc === "2.36" && abi === "amd64")).toHaveLength(2);
  });
});
