import { describe, expect, it } from "vitest";
import { kernelReleases, mapFlag, prot } from "../abi/linux";
import { PAGE_SIZE } from "../abi/machine-memory";
import { findVmaWalk } from "../decode/find-vma";
import { kernelWords } from "../decode/kernel-words";
import { asWords } from "../decode/memory";
import { decodeVmaTree } from "../decode/vma-tree";
import { createTestHost } from "../kernel/testing/host";
import { mapleScene, rbScene } from "./vma-tree";

const AREA = 0x1000_0000;

function indexOf(release: (typeof kernelReleases)[number], count: number) {
  const { kernel, bytes } = createTestHost(undefined, { kernel: release });
  for (let page = 0; page < count; page++) {
    kernel.mmap(AREA + page * 2 * PAGE_SIZE, PAGE_SIZE, prot.READ, mapFlag.PRIVATE | mapFlag.ANONYMOUS | mapFlag.FIXED);
  }
  return kernelWords(asWords(bytes));
}

const cases = [0, 1, 9, 40, 700].flatMap((count) => [240, 560, 1200].map((width) => ({ count, width })));

describe("the picture of a maple tree", () => {
  it.each(cases)(
    "$count mappings in $width pixels: boxes stand apart and inside, the way leads from the root to a leaf",
    ({ count, width }) => {
      const kernel = indexOf("6.1+", count);
      const tree = decodeVmaTree(kernel);
      const walk = findVmaWalk(kernel, AREA + count * PAGE_SIZE);
      if (tree.kind !== "maple") throw new Error("a maple tree");
      const { boxes, edges, viewHeight } = mapleScene(tree, walk, width);
      for (const box of boxes) {
        expect(box.x).toBeGreaterThanOrEqual(0);
        expect(box.width).toBeGreaterThan(0);
        expect(box.x + box.width).toBeLessThanOrEqual(width);
        expect(box.y + box.height).toBeLessThan(viewHeight);
        const right = boxes.filter((other) => other.y === box.y && other.x > box.x);
        for (const other of right) expect(other.x).toBeGreaterThanOrEqual(box.x + box.width);
      }
      const way = boxes.filter((box) => box.step >= 0);
      expect(way.length).toBe(tree.height);
      expect(way.every((box) => box.slots.filter((slot) => slot.taken).length === 1)).toBe(true);
      expect(way.at(-1)?.slots.find((slot) => slot.taken)?.vma).toBe(walk.vma);
      expect(edges.filter((edge) => edge.step >= 0).length).toBe(tree.height - 1);
      expect(edges.length).toBe(boxes.length - 1);
    },
  );
});

describe("the picture of a red-black tree", () => {
  it.each(cases)(
    "$count mappings in $width pixels: in address order, the way whole, nothing lost but counted",
    ({ count, width }) => {
      const kernel = indexOf("before-6.1", count);
      const tree = decodeVmaTree(kernel);
      const walk = findVmaWalk(kernel, AREA + count * PAGE_SIZE);
      if (tree.kind !== "rbtree") throw new Error("a red-black tree");
      const { pills, edges, viewHeight, pillWidth, listY } = rbScene(tree, walk, width);
      expect(pills.map((pill) => pill.node)).toEqual(pills.map((pill) => pill.node).toSorted((a, b) => a - b));
      expect(pills.length + pills.reduce((sum, pill) => sum + pill.hidden, 0)).toBe(tree.nodes.length);
      expect(pills.filter((pill) => pill.step >= 0).length).toBe(walk.steps.length);
      expect(edges.length).toBe(pills.length - 1);
      expect(listY).toBeLessThan(viewHeight);
      for (const pill of pills) {
        expect(pill.x).toBeGreaterThan(0);
        expect(pill.x).toBeLessThan(width);
        expect(pill.y).toBeLessThan(listY);
        const level = pills.filter((other) => other.y === pill.y && other.x > pill.x);
        for (const other of level) expect(other.x - pill.x).toBeGreaterThanOrEqual(pillWidth);
      }
    },
  );
});
