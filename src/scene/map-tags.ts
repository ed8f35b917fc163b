/** Numbers over the words of the map that a step writes. A word can be narrower than its number. */
import type { MapTag } from "./types";

export interface PlacedTag extends MapTag {
  /** Left edge and width of the tag itself, centred over its word unless a neighbour stands there. */
  readonly tagX: number;
  readonly tagWidth: number;
}

const GAP = 1;

/** Tags of one line stand side by side: each makes way for the one before it. `narrowest`: pixels that a number needs. */
export function placeTags(tags: readonly MapTag[], narrowest: (order: number) => number): readonly PlacedTag[] {
  const free = new Map<number, number>();
  return tags
    .toSorted((a, b) => a.y - b.y || a.x - b.x)
    .map((tag) => {
      const tagWidth = Math.max(tag.width, narrowest(tag.order));
      const tagX = Math.max(tag.x + tag.width / 2 - tagWidth / 2, free.get(tag.y) ?? -Infinity);
      free.set(tag.y, tagX + tagWidth + GAP);
      return { ...tag, tagX, tagWidth };
    });
}
