import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { apiNames } from "../../abi/api";
import { callShapes, pointerWord, wordOf, wordText, wordValue } from "./calls";

describe("words in two halves", () => {
  it("are the number they came from", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 53 - 1), (value) => {
        expect(wordValue(wordOf(value))).toBe(value);
        expect(wordText(wordOf(value), "size")).toBe(String(value));
        expect(wordText(wordOf(value), "pointer")).toBe(`0x${value.toString(16)}`);
      }),
    );
  });

  it("print exactly where numbers are rounded", () => {
    expect(wordText({ lo: -1, hi: -1 }, "size")).toBe("18446744073709551615");
    expect(wordText({ lo: -1, hi: -1 }, "long")).toBe("-1");
    expect(wordText({ lo: -3, hi: -1 }, "int")).toBe("-3");
  });

  it("are the same pointer whole or in halves", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 47 - 1), (addr) => {
        const { lo, hi } = wordOf(addr);
        expect(wordValue(pointerWord(addr, 0))).toBe(addr);
        expect(wordValue(pointerWord(lo, hi))).toBe(addr);
        expect(wordValue(pointerWord(lo | 0, hi))).toBe(addr);
      }),
    );
  });
});

it("every call has a shape", () => {
  for (const api of apiNames) expect(callShapes[api].args.length).toBeLessThanOrEqual(2);
});
