import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { picture, pictures } from "../../scene/testing/pictures";
import { contentHeight, mapPlan, mapScene, type MapFrame, placeOf, scrolledTo, withinContent } from "./map-scene";
import type { Zoom } from "./zoom";

const frame: MapFrame = { viewWidth: 600, viewHeight: 240, scale: 1, ratio: 1, compact: false, usedBytes: 0x4000, nearAnchor: 0 };
const anyView = fc.record({
  index: fc.nat(pictures - 1),
  focus: fc.nat(60),
  scrolled: fc.nat({ max: 1000 }),
  zoom: fc.constantFrom<Zoom>({ bytesPerRow: 0x80 }, { bytesPerRow: 0x400 }, "near"),
});

describe("the map's camera", () => {
  it("shows what it is pointed at, within the content, and stays when that is seen already", () => {
    let moved = 0;
    fc.assert(
      fc.property(anyView, ({ index, focus, scrolled, zoom }) => {
        const heap = picture(index, [focus], []);
        const addr = heap.focus[0] ?? heap.chunks.start;
        const plan = mapPlan(heap, zoom, { ...frame, nearAnchor: addr });
        const most = Math.max(0, plan.viewHeight - frame.viewHeight);
        const before = { scrollTop: (most * scrolled) / 1000, viewHeight: frame.viewHeight };
        const top = scrolledTo(plan, addr, before);
        const place = placeOf(plan, addr);
        if (place === null) return expect(top).toBe(before.scrollTop);
        if (top !== before.scrollTop) moved++;
        expect(top).toBeGreaterThanOrEqual(0);
        expect(top).toBeLessThanOrEqual(most);
        expect(place.y).toBeGreaterThanOrEqual(top);
        expect(place.y).toBeLessThan(top + frame.viewHeight);
        expect(scrolledTo(plan, addr, { ...before, scrollTop: top })).toBe(top);
        expect(placeOf(mapScene(heap, plan, { ...before, scrollTop: top }), addr)).toEqual(place);
      }),
    );
    expect(moved).toBeGreaterThan(5);
  });

  it("keeps the height of what is scrolled while a lens opens and closes, and never hides anything or leaves more than its room", () => {
    let kept = 0;
    fc.assert(
      fc.property(anyView, fc.integer({ min: -400, max: 400 }), ({ index, focus, zoom }, other) => {
        const plan = mapPlan(picture(index, [focus], []), zoom, frame);
        const before = Math.max(0, plan.viewHeight + other);
        const height = contentHeight(plan, before, frame);
        if (height === before && other !== 0) kept++;
        expect(height).toBeGreaterThanOrEqual(plan.viewHeight);
        expect(height).toBeLessThanOrEqual(plan.viewHeight + 160);
        expect(contentHeight(plan, height, frame)).toBe(height);
        if (plan.viewHeight <= frame.viewHeight) expect(withinContent(height, 90, frame.viewHeight)).toBe(0);
      }),
    );
    expect(kept).toBeGreaterThan(5);
  });
});
