import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PAGE_SIZE } from "../abi/machine-memory";
import type { VmaPages } from "../decode/pages";
import type { WalkFacts } from "../decode/walk-facts";
import { pageAt, pageBox, type PageGrid, pageGrid } from "./page-grid";
import { entryText, walkBoxes } from "./walk";

function pagesOf(firstPage: number, total: number, mapped: readonly number[]): VmaPages {
  const page = Float64Array.from([...new Set(mapped.filter((index) => index < total))].toSorted((a, b) => a - b));
  const count = page.length;
  return {
    start: firstPage * PAGE_SIZE,
    total,
    count,
    page,
    kind: new Uint8Array(count).fill(1),
    marks: new Uint8Array(count),
    pfn: new Float64Array(count),
    byKind: new Float64Array(6),
    dirty: 0,
    shared: 0,
    resident: count,
  };
}

/** Pages that the rows speak for: every page of the mapping exactly once. */
function covered(grid: PageGrid): number {
  return grid.rows.reduce((sum, row) => {
    if (row.kind === "folded") return sum + row.pages;
    const [from, to] = [Math.max(0, row.first), Math.min(grid.total, row.first + grid.columns * grid.pagesPerCell)];
    return sum + to - from;
  }, 0);
}

describe("the grid of pages", () => {
  it("speaks for every page once, and shows every mapped one and the chosen one where a click finds it", () => {
    fc.assert(
      fc.property(
        fc.nat(100_000),
        fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 300_000 })),
        fc.array(fc.nat(300_000), { maxLength: 60 }),
        fc.nat(300_000),
        fc.integer({ min: 40, max: 500 }),
        (first, total, mapped, wanted, height) => {
          const pages = pagesOf(first, total, mapped);
          const shown = wanted % total;
          const grid = pageGrid(pages, 600, height, [shown]);
          expect(covered(grid)).toBe(total);
          for (const page of [...pages.page, shown]) {
            const box = pageBox(grid, page);
            if (box === null) throw new Error(`page ${page} is not there`);
            expect(box.x + box.width).toBeLessThanOrEqual(600);
            expect(box.y + box.height).toBeLessThanOrEqual(grid.height);
            const hit = pageAt(grid, box.x + box.width / 2, box.y + 1);
            expect(Math.floor((hit + first) / grid.pagesPerCell)).toBe(Math.floor((page + first) / grid.pagesPerCell));
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it("begins rows at round addresses and folds nothing while there is room", () => {
    const grid = pageGrid(pagesOf(0x7ffff7ccf, 260, [0, 1, 40]), 600, 200);
    expect(grid.columns).toBe(32);
    expect(grid.rows).toHaveLength(9);
    expect(grid.rows[0]).toMatchObject({ kind: "cells", first: -15, from: 15, to: 32 });
    expect(grid.rows.every(({ kind }) => kind === "cells")).toBe(true);
    expect(pageAt(grid, grid.left + 2, 2)).toBe(-1);
  });

  it("folds what nobody touched when a mapping is large, and stays within bounds when all of it was touched", () => {
    const large = pageGrid(pagesOf(0, 262_144, [0, 5, 262_143]), 600, 200);
    expect(large.rows.map(({ kind }) => kind)).toEqual(["cells", "folded", "cells"]);
    const full = pageGrid(
      pagesOf(
        0,
        262_144,
        Array.from({ length: 262_144 }, (_, i) => i),
      ),
      600,
      200,
    );
    expect(full.height).toBeLessThanOrEqual(2400);
    expect(full.pagesPerCell).toBe(2);
  });
});

describe("the boxes of a walk", () => {
  const walk = (addr: number): WalkFacts => ({ addr, root: 1, rows: [], end: "damaged", frame: null, vma: null });

  it("cut the address into its indices, also where the walk did not come to", () => {
    const boxes = walkBoxes(walk(0x7fff_f7cf_7010), 4);
    expect(boxes.map(({ level, folded }) => (folded ? `(${level})` : level))).toEqual(["PGD", "(P4D)", "PUD", "PMD", "PTE"]);
    expect(boxes.filter(({ folded }) => !folded).map(({ index }) => index)).toEqual([255, 511, 446, 247]);
    expect(boxes.at(-1)?.bits).toBe("011110111");
    expect(walkBoxes(walk(0x1000), 5).map(({ lowBit }) => lowBit)).toEqual([48, 39, 30, 21, 12]);
  });

  it("write long entries by their first and last digits", () => {
    expect(entryText(0n)).toBe("0");
    expect(entryText(0x1234_5067n)).toBe("0x12345067");
    expect(entryText(0x8000_0000_1234_5867n)).toBe("80…12345867");
  });
});
