import { expect, it } from "vitest";
import { placeTags } from "./map-tags";

const tag = (addr: number, x: number, y: number, width: number) => ({ addr, order: addr, done: true, x, y, width, height: 8 });

it("tags of narrow words stand side by side, each line by itself", () => {
  const placed = placeTags(
    [tag(5, 14, 0, 4), tag(3, 10, 0, 4), tag(7, 18, 0, 4), tag(4, 10, 20, 4), tag(9, 90, 0, 30)],
    () => 10,
  );
  expect(placed.map(({ order, tagX, tagWidth }) => [order, tagX, tagWidth])).toEqual([
    [3, 7, 10],
    [5, 18, 10],
    [7, 29, 10],
    [9, 90, 30],
    [4, 7, 10],
  ]);
});
