import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { firstChangedLine } from "./positions";

describe("the first changed line", () => {
  it("is none for equal texts", () => {
    fc.assert(fc.property(fc.string(), (text) => firstChangedLine(text, text) === 0));
  });

  it("is the line of the edit", () => {
    const line = fc.stringMatching(/^[a-z ]{0,8}$/);
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 9 }), fc.nat(), (lines, seed) => {
        const at = seed % lines.length;
        const after = lines.map((text, row) => (row === at ? `${text}!` : text));
        expect(firstChangedLine(lines.join("\n"), after.join("\n"))).toBe(at + 1);
      }),
    );
  });

  it("is the first of the added ones", () => {
    expect(firstChangedLine("a\nb", "a\nb\nc")).toBe(3);
  });
});
