import { expect, test } from "vitest";
import { flavours, targets, threadFlavours } from "./flavours";
import { random } from "./random";
import { makeScript } from "./script";

const allFlavours = [...flavours, ...threadFlavours];

test.for(allFlavours)("$name: the same seed gives the same script, another seed another", (flavour) => {
  const script = makeScript(flavour, 7, 500);
  expect(makeScript(flavour, 7, 500)).toEqual(script);
  expect(makeScript(flavour, 8, 500)).not.toEqual(script);
  expect(script.length).toBeGreaterThanOrEqual(Math.min(500, flavour.operations ?? 500));
});

test.for(allFlavours.filter((flavour) => !flavour.name.endsWith("misuse")))(
  "$name: writes stay inside a block that is held",
  (flavour) => {
    const sizes = new Map<string, number>();
    for (const line of makeScript(flavour, 3, 2000)) {
      if (/^[SX]/.test(line)) continue;
      const [op = "", slot = "", ...rest] = line.replace(/^T \d+ /, "").split(" ");
      const numbers = rest.map(Number);
      const [first = 0, second = 0, third = 0] = numbers;
      if (op === "m" || op === "v" || op === "P") sizes.set(slot, first);
      else if (op === "c") sizes.set(slot, first * second);
      else if (op === "a" || op === "A" || op === "p") sizes.set(slot, second);
      else if (op === "f") sizes.delete(slot);
      else if (op === "r") {
        sizes.delete(slot);
        sizes.set(String(first), second);
      } else if (op === "F") expect(first + third, line).toBeLessThanOrEqual(sizes.get(slot) ?? -1);
      else if (op === "w") expect(first + (rest[1]?.length ?? 0) / 2, line).toBeLessThanOrEqual(sizes.get(slot) ?? -1);
      else expect(["u", "t", "o", "b", "K", "k"]).toContain(op);
    }
  },
);

test("together the flavours use every operation of one thread but the ones that only move pointers about", () => {
  const used = new Set(flavours.flatMap((flavour) => makeScript(flavour, 1, 4000)).map((line) => line[0]));
  expect([...used].toSorted().join("")).toBe("AFNPZabcfmoprtuvwz");
});

test.for(threadFlavours)("$name: a thread acts while it lives, and no more live than the flavour allows", (flavour) => {
  const alive = new Set<string>();
  let created = 0;
  for (const line of makeScript(flavour, 5, 2000)) {
    const [op = "", thread = ""] = line.split(" ");
    if (op === "S") {
      expect(alive.has(thread), line).toBe(false);
      alive.add(thread);
      created++;
    } else if (op === "X") expect(alive.delete(thread), line).toBe(true);
    else if (op === "T") expect(alive.has(thread), line).toBe(true);
    expect(alive.size).toBeLessThanOrEqual(flavour.threads ?? 0);
  }
  expect(created).toBeGreaterThanOrEqual(flavour.threads ?? 0);
  expect(created).toBeLessThanOrEqual(50); // rows of the simulated thread table are never used twice
});

test.for(allFlavours)("$name: a script for 32 bits has no number that does not fit", (flavour) => {
  for (const line of makeScript(flavour, 3, 1000, targets.i386)) {
    const numbers = line.startsWith("w") || line.includes(" w ") ? [] : line.split(" ").slice(1).map(Number);
    for (const value of numbers) if (!Number.isNaN(value)) expect(Math.abs(value), line).toBeLessThan(2 ** 32);
  }
});

test("magnitude reaches both ends and nothing beyond", () => {
  const r = random(1);
  const values = Array.from({ length: 20_000 }, () => r.magnitude(1, 20));
  expect(Math.min(...values)).toBe(1);
  expect(Math.max(...values)).toBe(20);
});
