import { expect, test } from "vitest";
import { flavours } from "./flavours";
import { random } from "./random";
import { makeScript } from "./script";

test.for(flavours)("$name: the same seed gives the same script, another seed another", (flavour) => {
  const script = makeScript(flavour, 7, 500);
  expect(makeScript(flavour, 7, 500)).toEqual(script);
  expect(makeScript(flavour, 8, 500)).not.toEqual(script);
  expect(script.length).toBeGreaterThanOrEqual(500);
});

test.for(flavours.filter((flavour) => flavour.name !== "misuse"))("$name: writes stay inside a block that is held", (flavour) => {
  const sizes = new Map<string, number>();
  for (const line of makeScript(flavour, 3, 2000)) {
    const [op = "", slot = "", ...rest] = line.split(" ");
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
    else expect(["u", "t", "o", "b"]).toContain(op);
  }
});

test("together the flavours use every operation of one thread but the ones that only move pointers about", () => {
  const used = new Set(flavours.flatMap((flavour) => makeScript(flavour, 1, 4000)).map((line) => line[0]));
  expect([...used].toSorted().join("")).toBe("AFNPZabcfmoprtuvwz");
});

test("magnitude reaches both ends and nothing beyond", () => {
  const r = random(1);
  const values = Array.from({ length: 20_000 }, () => r.magnitude(1, 20));
  expect(Math.min(...values)).toBe(1);
  expect(Math.max(...values)).toBe(20);
});
