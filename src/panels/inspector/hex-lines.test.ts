import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type HexLine, type HexRequest, hexLines } from "./hex-lines";

const lengthOf = (line: HexLine): number => (line.kind === "fold" ? line.count : 1);

const request = (words: readonly bigint[], more: Partial<HexRequest> = {}): HexRequest => ({
  start: 0x1000,
  end: 0x1000 + words.length * 8,
  wordBytes: 8,
  keep: () => false,
  read: (addr) => words[(addr - 0x1000) / 8] ?? null,
  maxLines: 16,
  maxWords: 4096,
  ...more,
});

describe("the hex view", () => {
  it("covers every word exactly once, in address order, in a bounded number of lines", () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: 0n, max: 2n }), { minLength: 1, maxLength: 200 }),
        fc.integer({ min: 2, max: 20 }),
        (words, maxLines) => {
          const lines = hexLines(request(words, { maxLines }));
          let next = 0x1000;
          for (const line of lines) {
            expect(line.addr).toBe(next);
            next += lengthOf(line) * 8;
          }
          expect(next).toBe(0x1000 + words.length * 8);
          expect(lines.length).toBeLessThanOrEqual(maxLines + 10);
        },
      ),
    );
  });

  it("never folds a word that has a meaning", () => {
    const lines = hexLines(
      request(
        Array.from({ length: 10 }, () => 0n),
        { keep: (addr) => addr === 0x1008 },
      ),
    );
    expect(lines).toContainEqual({ kind: "word", addr: 0x1008, value: 0n });
    expect(lines).toContainEqual({ kind: "fold", addr: 0x1010, count: 8, value: 0n });
  });
});
