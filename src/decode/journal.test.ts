import fc from "fast-check";
import { expect, test } from "vitest";
import { RECORD_BYTES, recordKind } from "../abi/journal";
import { changedWords, decodeJournal } from "./journal";

const record = fc.record({
  kind: fc.constantFrom(recordKind.write, recordKind.line, recordKind.opBegin),
  size: fc.constantFrom(1, 2, 4, 8),
  id: fc.nat(0xffff),
  where: fc.nat(0x7fff_ffff),
  a: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  b: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  addr: fc.oneof(
    fc.constant(0),
    fc.nat(4).map((n) => 0x5555_5555_9000 + n * 8),
  ),
});
type Plain = typeof record extends fc.Arbitrary<infer T> ? T : never;

function encode(records: readonly Plain[]) {
  const bytes = new Uint8Array(records.length * RECORD_BYTES);
  const view = new DataView(bytes.buffer);
  records.forEach((entry, i) => {
    view.setUint8(i * RECORD_BYTES, entry.kind);
    view.setUint8(i * RECORD_BYTES + 1, entry.size);
    view.setUint16(i * RECORD_BYTES + 2, entry.id, true);
    view.setUint32(i * RECORD_BYTES + 4, entry.where, true);
    view.setBigUint64(i * RECORD_BYTES + 8, entry.a, true);
    view.setBigUint64(i * RECORD_BYTES + 16, entry.b, true);
  });
  return { from: 1000, bytes, addrs: Float64Array.from(records, (entry) => entry.addr) };
}

test("decoding gives back every field that was written", () => {
  fc.assert(
    fc.property(fc.array(record), (records) => {
      const decoded = decodeJournal(encode(records));
      expect(decoded.count).toBe(records.length);
      records.forEach((entry, i) => {
        expect([decoded.kind[i], decoded.size[i], decoded.id[i], decoded.where[i], decoded.a[i], decoded.b[i]]).toEqual([
          entry.kind,
          entry.size,
          entry.id,
          entry.where,
          entry.a,
          entry.b,
        ]);
        expect(decoded.addr[i]).toBe(entry.kind === recordKind.write ? entry.addr : 0);
      });
    }),
  );
});

test("changed words are those that end different from where they began, numbered in order of writing", () => {
  fc.assert(
    fc.property(fc.array(record), (records) => {
      const writes = records.filter((entry) => entry.kind === recordKind.write && entry.addr !== 0);
      const changes = changedWords(decodeJournal(encode(records)));
      for (const change of changes) {
        const own = writes.filter((entry) => entry.addr === change.addr);
        expect([change.before, change.after]).toEqual([own[0]?.a, own.at(-1)?.b]);
        expect(change.order).toBe(writes.findIndex((entry) => entry.addr === change.addr) + 1);
      }
      const expected = new Set(
        writes
          .map((entry) => entry.addr)
          .filter((addr) => {
            const own = writes.filter((entry) => entry.addr === addr);
            return own[0]?.a !== own.at(-1)?.b;
          }),
      );
      expect(new Set(changes.map((change) => change.addr))).toEqual(expected);
    }),
  );
});

test("a slice that ends inside a record is read up to the last whole one", () => {
  expect(decodeJournal({ from: 0, bytes: new Uint8Array(RECORD_BYTES * 2 + 5), addrs: new Float64Array(2) }).count).toBe(2);
});
