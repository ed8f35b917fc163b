import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { frameRoles, type Physical } from "../decode/physical";
import { BLOCK_FRAMES, blockAt, blockBox, blockGrid, frameAt, frameBox, frameMap } from "./frame-map";

function ram(start: number, end: number, used: readonly number[]): Physical {
  const limit = Math.min(end, 8192);
  const role = new Uint8Array(limit);
  for (const pfn of used) if (pfn < limit) role[pfn] = frameRoles.indexOf("anonymous");
  return { start, end, limit, role } as unknown as Physical;
}

const place = fc.record({
  start: fc.nat(1023),
  blocks: fc.integer({ min: 1, max: 6100 }),
  used: fc.array(fc.nat(8191), { maxLength: 6 }),
  width: fc.integer({ min: 200, max: 900 }),
});

describe("the map of frames", () => {
  it("shows or folds every block exactly once, and never folds one with a frame in use or the one that is looked at", () => {
    fc.assert(
      fc.property(place, fc.nat(6100), ({ start, blocks, used, width }, look) => {
        const end = blocks * BLOCK_FRAMES;
        const shown = look % blocks;
        const map = frameMap(ram(start, end, used), width, shown);
        let next = 0;
        for (const row of map.rows) {
          expect(row.first).toBe(next);
          next += row.count;
        }
        expect(next).toBe(blocks);
        for (const pfn of used.filter((frame) => frame >= start && frame < Math.min(end, 8192)))
          expect(blockBox(map, Math.floor(pfn / BLOCK_FRAMES))).not.toBeNull();
        const box = blockBox(map, shown);
        if (box === null) throw new Error("folded");
        expect(blockAt(map, box.x + box.width / 2, box.y + 1)).toBe(shown);
        // However much RAM there is, the map stays small.
        expect(map.rows.length).toBeLessThanOrEqual(32);
      }),
      { numRuns: 60 },
    );
  });

  it("a frame stands where a click finds it", () => {
    for (const width of [300, 500, 775]) {
      const grid = blockGrid(3, width, 3 * 1024 + 700);
      for (const pfn of [3 * 1024 + 700, 3 * 1024 + 777, 4 * 1024 - 1]) {
        const box = frameBox(grid, pfn);
        if (box === null) throw new Error("not in the block");
        expect(frameAt(grid, box.x + 1, box.y + 1)).toBe(pfn);
      }
      expect(frameBox(grid, 4 * 1024)).toBeNull();
      // Rows below RAM are not there.
      expect(frameBox(grid, 3 * 1024)).toBeNull();
      expect(frameAt(grid, grid.left - 1, 1)).toBe(-1);
    }
  });
});
