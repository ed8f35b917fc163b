import fc from "fast-check";
import { expect, test } from "vitest";
import { walkList } from "./lists";

/** A list in memory that can be anything: node i leads to links[i]. Nodes are 1…n; 0 is null, larger numbers cannot be followed. */
const memory = fc.array(fc.nat(14), { minLength: 1, maxLength: 12 });
const walk = (links: readonly number[], first: number, ring: number, limit = 1000) =>
  walkList(first, { next: (node) => links[node - 1] ?? -1, ring, follow: (node) => node <= links.length, limit });

test("a walk visits what a walk with a memory would visit, and stops for the same reason", () => {
  fc.assert(
    fc.property(memory, fc.nat(12), fc.constantFrom(-1, 5), (links, first, ring) => {
      const seen: number[] = [];
      let node = first;
      while (node !== ring && node > 0 && node <= links.length && !seen.includes(node)) {
        seen.push(node);
        node = links[node - 1] ?? -1;
      }
      const found = walk(links, first, ring);
      expect(found.nodes).toEqual(seen);
      if (node === ring) expect(found.end).toBe("ring");
      else if (node === 0) expect(found.end).toBe(ring < 0 ? "nil" : "broken");
      else if (seen.includes(node)) expect([found.end, found.cycleTo]).toEqual(["cycle", seen.indexOf(node)]);
      else expect([found.end, found.brokenTo]).toEqual(["broken", node]);
    }),
  );
});

test("a list longer than the limit says so", () => {
  const links = Array.from({ length: 50 }, (_, i) => i + 2);
  expect(walk(links, 1, -1, 10)).toMatchObject({ end: "limit", cycleTo: -1 });
  expect(walk(links, 1, -1, 10).nodes).toHaveLength(10);
});
