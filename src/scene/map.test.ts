import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rowAt } from "../decode/chunk-table";
import { committedDumps } from "../decode/testing/heaps";
import { chunkState, chunkStateNames } from "../decode/types";
import { lensScene } from "./lens";
import { farMapScene, majority, NOTHING } from "./map-far";
import { midDefaults, midMapScene, type MidSettings } from "./map-mid";
import { nearDefaults, nearMapScene } from "./map-near";
import { addrAt, chunkDrawnAt, lineOf, rectOf } from "./row-layout";
import { picture, pictureOf, pictures } from "./testing/pictures";
import type { HeapPicture, ViewRect } from "./types";

const metrics = { charWidth: 6, fontSize: 10 };
const mid = (more: Partial<MidSettings> = {}): MidSettings => ({
  ...midDefaults,
  viewWidth: 584,
  scrollTop: 0,
  viewHeight: Infinity,
  metrics,
  lens: false,
  ...more,
});
/** What to draw, not the picture itself: a failing case stays readable. */
const anyPicture = fc.record({
  index: fc.nat(pictures - 1),
  focus: fc.array(fc.nat(60), { maxLength: 3 }),
  changed: fc.array(fc.nat(100), { maxLength: 5 }),
});
type Spec = typeof anyPicture extends fc.Arbitrary<infer T> ? T : never;
const draw = ({ index, focus, changed }: Spec): HeapPicture => picture(index, focus, changed);
const bytesPerRow = fc.constantFrom(0x80, 0x100, 0x200, 0x400, 0x1000);
const inside = (outer: ViewRect, inner: ViewRect): boolean =>
  inner.x >= outer.x - 1e-6 &&
  inner.x + inner.width <= outer.x + outer.width + 1e-6 &&
  inner.y >= outer.y - 1e-6 &&
  inner.y + inner.height <= outer.y + outer.height + 1e-6;

describe("rows", () => {
  test("show every address of the heap exactly once, from low to high", () => {
    fc.assert(
      fc.property(anyPicture, bytesPerRow, (spec, bytes) => {
        const heap = draw(spec);
        const { layout } = midMapScene(heap, mid({ bytesPerRow: bytes }));
        for (let line = 1; line < layout.count; line++) {
          expect(layout.addr[line]).toBe((layout.addr[line - 1] ?? 0) + (layout.bytes[line - 1] ?? 0));
          expect(layout.y[line]).toBeGreaterThanOrEqual((layout.y[line - 1] ?? 0) + (layout.height[line - 1] ?? 0));
        }
        expect(lineOf(layout, heap.chunks.start)).toBe(0);
        expect(lineOf(layout, heap.chunks.end - 1)).toBe(layout.count - 1);
      }),
      { numRuns: 40 },
    );
  });

  test("lead from an address to a point and back", () => {
    fc.assert(
      fc.property(anyPicture, bytesPerRow, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (spec, bytes, part) => {
        const heap = draw(spec);
        const { layout } = midMapScene(heap, mid({ bytesPerRow: bytes }));
        const { wordBytes } = heap.abi;
        const addr = heap.chunks.start + Math.floor((part * (heap.chunks.end - heap.chunks.start)) / wordBytes) * wordBytes;
        const rect = rectOf(layout, addr, wordBytes);
        if (rect === null) throw new Error("an address without a place");
        const found = addrAt(layout, rect.x + rect.width / 2, rect.y + rect.height / 2, wordBytes);
        if (layout.folded[lineOf(layout, addr)] === 1) expect(lineOf(layout, found)).toBe(lineOf(layout, addr));
        else expect(found).toBe(addr);
        expect(addrAt(layout, layout.viewX - 1, rect.y + 1, wordBytes)).toBe(-1);
      }),
      { numRuns: 60 },
    );
  });

  test("are folded only where one chunk fills them, and never over a word that was written", () => {
    fc.assert(
      fc.property(anyPicture, bytesPerRow, (spec, bytes) => {
        const heap = draw(spec);
        const scene = midMapScene(heap, mid({ bytesPerRow: bytes }));
        for (const fold of scene.folds) {
          expect(chunkDrawnAt(heap.chunks, fold.addr, heap.abi.wordBytes)).toBe(fold.chunkRow);
          expect(chunkDrawnAt(heap.chunks, fold.addr + fold.bytes - 1, heap.abi.wordBytes)).toBe(fold.chunkRow);
        }
        for (const { addr } of heap.changed) {
          if (addr >= heap.chunks.start && addr < heap.chunks.end)
            expect(scene.layout.folded[lineOf(scene.layout, addr)]).toBe(0);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe("blocks", () => {
  test("tile their rows: each begins where the one before ends", () => {
    fc.assert(
      fc.property(anyPicture, bytesPerRow, (spec, bytes) => {
        const heap = draw(spec);
        const { blocks, viewWidth } = midMapScene(heap, mid({ bytesPerRow: bytes }));
        for (const y of new Set(blocks.map((block) => block.y))) {
          const row = blocks.filter((block) => block.y === y);
          row.slice(1).forEach((block, i) => expect(block.x).toBeCloseTo((row[i]?.x ?? 0) + (row[i]?.width ?? 0), 6));
          expect((row.at(-1)?.x ?? 0) + (row.at(-1)?.width ?? 0)).toBeLessThanOrEqual(viewWidth);
        }
      }),
      { numRuns: 40 },
    );
  });

  test("show every header once, filled when the chunk before is in use; open sides say that a chunk goes on", () => {
    fc.assert(
      fc.property(anyPicture, bytesPerRow, (spec, bytes) => {
        const heap = draw(spec);
        const { blocks } = midMapScene(heap, mid({ bytesPerRow: bytes }));
        const headers = blocks.filter((block) => block.header !== null);
        expect(new Set(headers.map((block) => block.chunkRow)).size).toBe(headers.length);
        const drawn = heap.chunks.state
          .slice(0, heap.chunks.heapCount)
          .filter((state) => state !== chunkState.foreign && state !== chunkState.corrupt).length;
        expect(headers.length).toBe(drawn);
        for (const block of headers) {
          expect(block.openLeft).toBe(false);
          expect(block.header?.filled).toBe(((heap.chunks.flags[block.chunkRow] ?? 0) & 1) === 1);
          expect(block.header === null || inside(block, { ...block, x: block.header.x, width: block.header.width })).toBe(true);
        }
        for (const block of blocks)
          if (block.footer?.kind === "tag") expect(["unsorted", "small", "large"]).toContain(block.state);
      }),
      { numRuns: 40 },
    );
  });

  test("carry texts only where they fit, without overlap", () => {
    fc.assert(
      fc.property(anyPicture, bytesPerRow, (spec, bytes) => {
        const heap = draw(spec);
        for (const block of midMapScene(heap, mid({ bytesPerRow: bytes })).blocks) {
          const spans = block.texts.map(({ text, x, anchor }) => {
            const width = text.length * metrics.charWidth;
            return anchor === "start" ? [x, x + width] : [x - width, x];
          });
          for (const [from = 0, to = 0] of spans) {
            expect(from).toBeGreaterThanOrEqual(block.x);
            expect(to).toBeLessThanOrEqual(block.x + block.width + 12);
          }
          spans.slice(1).forEach(([from = 0], i) => expect(from).toBeGreaterThanOrEqual((spans[i]?.[1] ?? 0) - 1e-6));
        }
      }),
      { numRuns: 40 },
    );
  });

  test("out of sight are left out, and the others stay where they are", () => {
    fc.assert(
      fc.property(anyPicture, fc.nat(600), fc.nat(300), (spec, scrollTop, viewHeight) => {
        const heap = draw(spec);
        const all = midMapScene(heap, mid());
        const seen = midMapScene(heap, mid({ scrollTop, viewHeight }));
        expect(seen.viewHeight).toBe(all.viewHeight);
        const visible = all.blocks.filter((block) => block.y + block.height >= scrollTop && block.y < scrollTop + viewHeight);
        expect(seen.blocks).toEqual(visible);
      }),
      { numRuns: 30 },
    );
  });
});

test("the mock's labels: name, list and position, size, as far as they fit", () => {
  const heap = picture(0);
  const texts = midMapScene(heap, mid({ viewWidth: 1400 })).blocks.flatMap((block) => block.texts);
  const tags = texts.filter((text) => text.role === "bin").map((text) => text.text);
  expect(tags.some((text) => /^← tcache\[0x[0-9a-f]+\]\[\d+\/\d+\]$|^tcache \d+\/\d+$/.test(text))).toBe(true);
  expect(tags.some((text) => /^← (unsorted|largebin\[0x[0-9a-f]+\]) \d+\/\d+$|^(unsorted|large) \d+\/\d+$/.test(text))).toBe(
    true,
  );
  expect(texts.map((text) => text.text)).toContain("top");
});

describe("the lens", () => {
  test("shows the headers of what is worked on and every word written there, inside its box", () => {
    fc.assert(
      fc.property(
        fc.nat(pictures - 1),
        fc.array(fc.nat(60), { minLength: 1, maxLength: 3 }),
        fc.constantFrom(280, 500, 700, 1100),
        (index, rows, width) => {
          const heap = picture(index, rows, rows);
          const lens = lensScene(heap, { x: 10, y: 20, width });
          for (const cell of [...lens.cells, ...lens.folds]) expect(inside(lens, cell)).toBe(true);
          const addrs = lens.cells.map((cell) => cell.addr);
          expect(addrs.toSorted((a, b) => a - b)).toEqual(addrs);
          for (const addr of heap.focus) {
            if (addr < heap.chunks.end) expect(addrs).toContain(addr + heap.abi.wordBytes);
          }
          for (const cell of lens.cells) expect(cell.value).toBe(heap.reader.exact(cell.addr));
        },
      ),
      { numRuns: 60 },
    );
  });

  test("opens under the row of the last chunk, and the rows below make room", () => {
    const heap = picture(0, [5, 6]);
    const scene = midMapScene(heap, mid({ lens: true }));
    if (scene.lens === null) throw new Error("no lens");
    const { lens, blocks, folds } = scene;
    for (const item of [...blocks, ...folds]) expect(item.y + item.height <= lens.y || item.y >= lens.y + lens.height).toBe(true);
  });

  test("is not there when nothing in the heap is worked on", () => {
    expect(midMapScene(picture(0), mid({ lens: true })).lens).toBeNull();
  });
});

describe("near", () => {
  const near = (heap: HeapPicture, from: number, to: number) =>
    nearMapScene(heap, { ...nearDefaults, viewWidth: 1000, start: from, end: to, scrollTop: 0, viewHeight: Infinity });

  test("shows every word of its window once: as a cell, or in a fold of zeros", () => {
    fc.assert(
      fc.property(anyPicture, fc.nat(1 << 16), (spec, offset) => {
        const heap = draw(spec);
        const from = heap.chunks.start + (offset % Math.max(1, heap.chunks.end - heap.chunks.start - 0x800));
        const scene = near(heap, from, from + 0x800);
        const { wordBytes } = heap.abi;
        const words = [
          ...scene.cells.map((cell) => cell.addr),
          ...scene.folds.flatMap((fold) => Array.from({ length: fold.words }, (_, i) => fold.addr + i * wordBytes)),
        ];
        expect(words.toSorted((a, b) => a - b)).toEqual(
          Array.from({ length: (scene.end - scene.start) / wordBytes }, (_, i) => scene.start + i * wordBytes),
        );
        for (const fold of scene.folds)
          for (let i = 0; i < fold.words; i++) expect(heap.reader.exact(fold.addr + i * wordBytes)).toBe(0n);
      }),
      { numRuns: 30 },
    );
  });

  test("names each word by what it is in its chunk's state", () => {
    const heap = picture(0);
    const { cells } = near(heap, heap.chunks.start, heap.chunks.start + 0x4000);
    for (const cell of cells) {
      if (cell.chunkRow < 0) continue;
      const nth = (cell.addr - (heap.chunks.addr[cell.chunkRow] ?? 0)) / 8;
      if (nth === 1) expect([cell.role, cell.prevInuse]).toEqual(["size", ((heap.chunks.flags[cell.chunkRow] ?? 0) & 1) === 1]);
      if (cell.role === "fd" || cell.role === "bk") expect(["fast", "unsorted", "small", "large"]).toContain(cell.state);
      if (cell.role === "next" || cell.role === "key") expect(cell.state).toBe("tcache");
      if (cell.role === "fd" && cell.state === "unsorted") expect(cell.target).not.toBe("");
    }
    expect(cells.find((cell) => cell.role === "entries" && cell.index === 0)?.addr).toBe(heap.chunks.start + 0x10 + 128);
  });
});

describe("far", () => {
  test("a cell has the state that most of its bytes are in", () => {
    fc.assert(
      fc.property(fc.nat(pictures - 1), fc.integer({ min: 40, max: 5000 }), (index, bytesPerCell) => {
        const { chunks } = picture(index);
        const cells = Math.ceil((chunks.end - chunks.start) / bytesPerCell);
        const found = majority(chunks, chunks.start, bytesPerCell, cells);
        for (let cell = 0; cell < Math.min(cells, 50); cell++) {
          const shares = new Float64Array(chunkStateNames.length);
          for (let byte = 0; byte < bytesPerCell; byte += 4) {
            const row = rowAt(chunks, chunks.start + cell * bytesPerCell + byte);
            if (row >= 0) shares[chunks.state[row] ?? 0] = (shares[chunks.state[row] ?? 0] ?? 0) + 4;
          }
          const most = Math.max(...shares);
          expect(most - (shares[found[cell] ?? NOTHING] ?? 0)).toBeLessThanOrEqual(8);
        }
      }),
      { numRuns: 25 },
    );
  });

  test("outlines whole free pages, never one that a live chunk touches", () => {
    for (let index = 0; index < pictures; index++) {
      const heap = picture(index);
      const scene = farMapScene(heap, {
        viewWidth: 600,
        gutter: 42,
        bytesPerRow: null,
        viewHeight: 300,
        rowHeight: 30,
        rowGap: 8,
        columns: 558,
      });
      expect(scene.trimmable.length).toBe(scene.trimmablePages);
      for (const rect of scene.trimmable) {
        const page = Math.round(addrAt(scene.layout, rect.x + 1e-6, rect.y + 1, 1) / 4096);
        const state = chunkStateNames[heap.chunks.state[rowAt(heap.chunks, page * 4096)] ?? 0];
        expect(["unsorted", "small", "large"]).toContain(state);
        expect(rowAt(heap.chunks, page * 4096)).toBe(rowAt(heap.chunks, page * 4096 + 4095));
      }
      expect(scene.rows * scene.bytesPerRow).toBeGreaterThanOrEqual(heap.chunks.end - heap.chunks.start);
    }
  });
});

test("pictures of damaged heaps are drawn like any other", () => {
  fc.assert(
    fc.property(
      fc.nat(committedDumps.length - 1),
      fc.array(fc.tuple(fc.nat(1 << 16), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })), { maxLength: 12 }),
      (index, writes) => {
        const dump = committedDumps[index];
        if (dump === undefined) return;
        const heap = dump.heap.slice();
        for (const [at, value] of writes) new DataView(heap.buffer).setBigUint64((at * 8) % (heap.length - 8), value, true);
        const damaged = pictureOf({ ...dump, heap }, [1, 2], [3]);
        midMapScene(damaged, mid({ lens: true }));
        nearMapScene(damaged, {
          ...nearDefaults,
          viewWidth: 900,
          start: damaged.chunks.start,
          end: damaged.chunks.start + 0x2000,
          scrollTop: 0,
          viewHeight: Infinity,
        });
        farMapScene(damaged, {
          viewWidth: 600,
          gutter: 42,
          bytesPerRow: null,
          viewHeight: 200,
          rowHeight: 30,
          rowGap: 8,
          columns: 500,
        });
      },
    ),
    { numRuns: 60 },
  );
});
