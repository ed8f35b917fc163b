import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesPerRowOf, levelOf, MAX_ROW, MIN_ROW, notch, type Zoom } from "./zoom";

const step = (zoom: Zoom, direction: 1 | -1): Zoom => notch(zoom, direction, bytesPerRowOf(zoom, 600, 0x21000));

describe("the zoom of the map", () => {
  it("reaches the words and the whole heap from everywhere, and stays within the row sizes on the way", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(1 as const, -1 as const), { maxLength: 40 }), (wheel) => {
        let zoom: Zoom = "auto";
        for (const direction of wheel) {
          zoom = step(zoom, direction);
          if (typeof zoom === "object") {
            expect(zoom.bytesPerRow).toBeGreaterThanOrEqual(MIN_ROW);
            expect(zoom.bytesPerRow).toBeLessThanOrEqual(MAX_ROW);
          }
        }
        for (let i = 0; i < 12; i++) zoom = step(zoom, 1);
        expect(levelOf(zoom)).toBe("far");
        for (let i = 0; i < 12; i++) zoom = step(zoom, -1);
        expect(levelOf(zoom)).toBe("near");
      }),
    );
  });
});
