import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sampleSpace, sampleVma } from "../decode/testing/spaces";
import type { VmaFacts, VmaKind } from "../decode/types";
import { spaceAddr, spaceScene, spaceY, type SpaceSettings } from "./address-space";
import { ledgerScene } from "./ledger";
import { timeAxis } from "./time-axis";
import { niceCeiling, sizeText } from "./sizes";

const vma = (start: number, pages: number, kind: VmaKind, name = "", part: VmaFacts["part"] = "") =>
  sampleVma(start, pages * 4096, {
    write: true,
    kind,
    name,
    part,
    residentRuns: Float64Array.of(0, 1, Math.floor(pages / 2), 1),
    residentPages: 2,
  });

const BASE = 0x5555_5555_4000;
const HEAP = BASE + 0x5000;
const space = sampleSpace(
  [
    vma(BASE, 4, "text", "/a.out", "text"),
    vma(HEAP, 33, "heap", "[heap]"),
    vma(0x7fff_f7d9_d000, 54, "mmap"),
    vma(0x7fff_f7dd_3000, 38, "lib", "/usr/lib/libc.so.6", "elf"),
    vma(0x7fff_f7df_9000, 30, "lib", "/usr/lib/libc.so.6", "text"),
    vma(0x7fff_f7fc_a000, 4, "lib", "/usr/lib/ld-linux-x86-64.so.2", "elf"),
    vma(0x7fff_f7fc_e000, 4, "lib", "/usr/lib/ld-linux-x86-64.so.2", "text"),
    vma(0x7fff_fffd_e000, 33, "stack", "[stack]"),
  ],
  { brkStart: HEAP, brk: HEAP + 33 * 4096 },
);
const settings = (more: Partial<SpaceSettings> = {}): SpaceSettings => ({
  viewWidth: 168,
  viewHeight: 640,
  lowFirst: true,
  rsp: 0x7fff_ffff_e4c0,
  mapped: { start: HEAP, end: HEAP + 0x2000 },
  point: -1,
  ...more,
});

describe("the strip", () => {
  test.each([true, false])("places mappings in address order without overlap (low addresses on top: %s)", (lowFirst) => {
    const scene = spaceScene(space, settings({ lowFirst }));
    const boxes = scene.vmas.toSorted((a, b) => a.y - b.y);
    expect(boxes.map((box) => box.start)).toEqual(
      lowFirst ? scene.vmas.map((box) => box.start) : scene.vmas.map((box) => box.start).toReversed(),
    );
    boxes.slice(1).forEach((box, i) => expect(box.y).toBeGreaterThanOrEqual((boxes[i]?.y ?? 0) + (boxes[i]?.height ?? 0)));
    expect((boxes.at(-1)?.y ?? 0) + (boxes.at(-1)?.height ?? 0)).toBeLessThanOrEqual(scene.viewHeight);
    for (const box of scene.vmas)
      for (const square of box.squares)
        expect(
          square.y >= box.y && square.y + square.height <= box.y + box.height && square.x + square.width <= box.x + box.width,
        ).toBe(true);
  });

  test("draws the parts of a library as one box, but not libc's", () => {
    expect(spaceScene(space, settings()).vmas.map(({ index, count }) => [index, count])).toEqual([
      [0, 1],
      [1, 1],
      [2, 1],
      [3, 1],
      [4, 1],
      [5, 2],
      [7, 1],
    ]);
  });

  test("names large gaps by their size", () => {
    expect(spaceScene(space, settings()).gaps.map((gap) => gap.sizeText)).toEqual(["42.7 TiB", "1.7 MiB", "128 MiB"]);
  });

  test("has a square a page, filled where the page is resident", () => {
    const heap = spaceScene(space, settings()).vmas[1];
    expect(heap?.squares).toHaveLength(33);
    expect(heap?.squares.flatMap((square) => (square.resident > 0 ? [square.page] : []))).toEqual([0, 16]);
  });

  test("leads from an address to a height and back", () => {
    fc.assert(
      fc.property(fc.boolean(), fc.nat(6), fc.double({ min: 0, max: 0.999, noNaN: true }), (lowFirst, index, part) => {
        const scene = spaceScene(space, settings({ lowFirst }));
        const box = scene.vmas[index];
        if (box === undefined) return;
        const addr = Math.floor(box.start + part * (box.end - box.start));
        const y = spaceY(scene, addr);
        expect(y).toBeGreaterThanOrEqual(box.y);
        expect(y).toBeLessThanOrEqual(box.y + box.height);
        const found = spaceAddr(scene, Math.min(y, box.y + box.height - 1e-6));
        expect(Math.abs(found - addr)).toBeLessThanOrEqual(4096 + (box.end - box.start) / 100);
      }),
    );
  });

  test("marks the break at the heap's end and rsp inside the stack", () => {
    const scene = spaceScene(space, settings());
    const [heap, stack] = [scene.vmas[1], scene.vmas[6]];
    const at = (kind: string) => scene.markers.find((marker) => marker.kind === kind)?.y ?? -1;
    expect(at("brk")).toBeCloseTo((heap?.y ?? 0) + (heap?.height ?? 0), 6);
    expect(at("rsp")).toBeGreaterThan(stack?.y ?? 0);
    expect(at("rsp")).toBeLessThan((stack?.y ?? 0) + (stack?.height ?? 0));
  });

  test("before there is a heap the break stands in its gap, clear of the gap's size", () => {
    for (const lowFirst of [true, false]) {
      const vmas = space.vmas.filter(({ kind }) => kind !== "heap");
      const scene = spaceScene({ ...space, vmas, brk: space.brkStart }, { ...settings(), lowFirst });
      const y = scene.markers.find(({ kind }) => kind === "brk")?.y ?? -1;
      const [text, program] = [scene.vmas[1], scene.vmas[0]];
      expect(lowFirst ? y > (program?.y ?? 0) && y < (text?.y ?? 0) : y < (program?.y ?? 0) && y > (text?.y ?? 0)).toBe(true);
      for (const gap of scene.gaps) expect(y < gap.y - 4 || y > gap.y + gap.height + 4).toBe(true);
    }
  });

  test("an address space without mappings is an empty strip", () => {
    expect(spaceScene({ ...space, vmas: [], brk: 0 }, settings()).vmas).toEqual([]);
  });
});

describe("the ledger", () => {
  test("draws every operation once, pooled when there is no room, within its plot", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3000 }), fc.nat(50), (count, faults) => {
        const column = (length: number, scale: number) => Float64Array.from({ length }, (_, i) => ((i * 7919) % 1000) * scale);
        const values = {
          inUse: column(count, 16),
          freeInBins: column(count, 8),
          residentAt: column(2 * count + 2, 4096),
          virtualAt: column(2 * count + 2, 4096),
        };
        const operations = Array.from({ length: count }, (_, i) => ({
          api: i % 3 === 0 ? "free" : "malloc",
          path: i % 2 === 0 ? "tcache" : "top",
          begin: 10 + 20 * i,
          end: 20 + 20 * i,
        }));
        const kernel = { at: Uint32Array.from({ length: faults }, (_, i) => 17 * i) };
        const [left, width] = [12, 1000];
        const axis = timeAxis({ first: 0, last: 20 * count + 15, operations, kernel }, left, width);
        const scene = ledgerScene(values, operations, axis, 142);
        expect(scene.ticks.reduce((sum, tick) => sum + tick.operations, 0)).toBe(operations.length);
        expect(scene.ticks.filter((tick) => tick.x < left || tick.x + tick.width > left + width + 1e-6)).toEqual([]);
        for (const { points } of [scene.inUse, scene.free, scene.resident, scene.virtual]) {
          const at = (i: number): number => points[i] ?? 0;
          const xs = Array.from({ length: points.length / 2 }, (_, i) => at(2 * i));
          const ys = xs.map((_, i) => at(2 * i + 1));
          expect(xs).toEqual(xs.toSorted((one, other) => one - other));
          expect(ys.filter((y) => !(y >= 0 && y <= 142))).toEqual([]);
        }
        expect(scene.free.max).toBeLessThanOrEqual(scene.topBytes);
      }),
      { numRuns: 40 },
    );
  });
});

test("sizes read like a person writes them", () => {
  expect([24, 4096, 135168, 0x800000, 42.7 * 2 ** 40].map(sizeText)).toEqual(["24 B", "4 KiB", "132 KiB", "8 MiB", "42.7 TiB"]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 48 }), (value) => {
      expect(niceCeiling(value)).toBeGreaterThanOrEqual(value);
      expect(niceCeiling(value)).toBeLessThanOrEqual(value * 1.5 + 1);
    }),
  );
});
