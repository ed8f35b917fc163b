import fc from "fast-check";
import { expect, it } from "vitest";
import { binsScene } from "./bins";
import { sameBins } from "./same-bins";
import { picture, pictures } from "./testing/pictures";

const settings = { viewWidth: 600, scale: 1, touchedOnly: false, window: { top: 0, bottom: 2000 } };

/** Every value in a scene, by its path. */
function leaves(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
}

/** A copy in which one value is another. */
function changedAt(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return typeof value === "number" ? value + 1 : typeof value === "boolean" ? !value : `${String(value)}?`;
  const entries = Object.entries(value ?? {}).map(([name, inner]) => [name, name === key ? changedAt(inner, rest) : inner]);
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

it("a scene is the same as its copy, and as no other in which any one value differs", () => {
  fc.assert(
    fc.property(fc.nat(pictures - 1), fc.nat(), (dump, pick) => {
      const scene = binsScene(picture(dump), settings, new Map());
      expect(sameBins(scene, structuredClone(scene))).toBe(true);
      const paths = leaves(scene);
      const path = paths[pick % paths.length] ?? [];
      expect(sameBins(scene, changedAt(scene, path) as typeof scene), path.join(".")).toBe(false);
    }),
    { numRuns: 300 },
  );
});
