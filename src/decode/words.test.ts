import fc from "fast-check";
import { expect, test } from "vitest";
import { recordedView } from "./memory";
import { utf8Text } from "./utf8";
import { demangle, wordReader } from "./words";

const word = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

test("words read back as they were written, at any alignment, across pages", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0x7000, max: 0x9000 }), word, (addr, value) => {
      const bytes = new Uint8Array(8);
      new DataView(bytes.buffer).setBigUint64(0, value, true);
      const reader = wordReader(recordedView([{ addr, bytes }]), 8);
      for (const size of [1, 2, 4, 8]) expect(reader.bytes(addr, size)).toBe(BigInt.asUintN(size * 8, value));
      if (addr % 4 !== 0) return;
      expect(reader.exact(addr)).toBe(value);
      expect(reader.word(addr)).toBe(Number(value >> 32n) * 2 ** 32 + Number(value & 0xffff_ffffn));
      expect(reader.u32(addr)).toBe(Number(value & 0xffff_ffffn));
    }),
  );
});

test("what is not there is −1 or null, whatever the address", () => {
  const reader = wordReader(recordedView([{ addr: 0x1000, bytes: new Uint8Array(16) }]), 8);
  for (const addr of [0x2000, 0, -8, NaN, Infinity, 2 ** 60, 0xffc]) {
    expect(reader.word(addr)).toBe(-1);
    expect(reader.exact(addr)).toBeNull();
  }
});

test("safe-linking is undone as glibc does it, and twice is nothing", () => {
  const address = fc.integer({ min: 0, max: 2 ** 47 });
  fc.assert(
    fc.property(address, address, (position, target) => {
      const stored = Number((BigInt(position) >> 12n) ^ BigInt(target));
      expect(demangle(position, stored)).toBe(target);
      expect(demangle(position, demangle(position, target))).toBe(target);
    }),
  );
});

test("names decode as UTF-8, and bytes that are none never throw", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const bytes = new TextEncoder().encode(text);
      expect(utf8Text(bytes)).toBe(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(utf8Text(bytes).length).toBeLessThanOrEqual(bytes.length);
    }),
  );
});
