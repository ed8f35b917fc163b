import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hex, humanSize, monoWidth, shortAddress, wordAscii, wordBytes } from "./text";

describe("numbers of memory as text", () => {
  it("writes every word so that its bytes can be read back", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }), (word) => {
        const bytes = wordBytes(word, 8).split(" ").toReversed().join("");
        expect(BigInt(`0x${bytes}`)).toBe(word);
        expect(BigInt(hex(word))).toBe(word);
      }),
    );
  });

  it("shows printable bytes in memory order and dots for the rest", () => {
    expect(wordAscii(0x68202c6f6c6c6568n, 8)).toBe("hello,·h");
  });

  it("keeps the last four digits of an address", () => {
    expect(shortAddress(0x555555559320)).toBe("…9320");
    expect(shortAddress(0x10)).toBe("…0010");
  });

  it("counts small sizes in hex and large ones in units", () => {
    expect([humanSize(0x90), humanSize(132 * 1024), humanSize(42.7 * 2 ** 40)]).toEqual(["0x90", "132 K", "42.7 TiB"]);
  });

  it("gives Han characters more room than Latin ones", () => {
    expect(monoWidth("堆", 10)).toBeGreaterThan(monoWidth("h", 10));
  });
});
