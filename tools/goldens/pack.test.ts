import fc from "fast-check";
import { gunzipSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { beginning, endingOf, packFile, packText } from "./pack";

const line = fc.record({
  i: fc.nat(),
  op: fc.constantFrom("m 1 24", "f 1", "d"),
  hh: fc.string(),
  ah: fc.string(),
  h32: fc.string(),
  hd: fc.array(fc.tuple(fc.string(), fc.string())),
});
const recording = fc.array(line, { minLength: 1 }).map((lines) => `${lines.map((each) => JSON.stringify(each)).join("\n")}\n`);

test("packing keeps every line and every field but the 64-bit hashes", () => {
  fc.assert(
    fc.property(recording, (text) => {
      const before = text
        .trimEnd()
        .split("\n")
        .map((each): unknown => JSON.parse(each));
      const after = packText(text)
        .trimEnd()
        .split("\n")
        .map((each): unknown => JSON.parse(each));
      expect(after).toEqual(before.map((each) => ({ ...(each as object), hh: undefined, ah: undefined })));
    }),
  );
});

test("packing twice changes nothing, and the same recording gives the same bytes", () => {
  fc.assert(
    fc.property(recording, (text) => {
      const once = packFile(gzipSync(text));
      expect(packFile(once)).toEqual(once);
      expect(gunzipSync(once).toString()).toBe(packText(text));
    }),
  );
});

test("a beginning is header and operations, and a whole recording is its own beginning", () => {
  fc.assert(
    fc.property(recording, fc.nat(5), (text, operations) => {
      const lines = text.trimEnd().split("\n");
      expect(beginning(text, operations).trimEnd().split("\n")).toEqual(lines.slice(0, operations + 1));
      expect(beginning(text, Number.POSITIVE_INFINITY)).toBe(text);
    }),
  );
});

test("an ending is signal and message without addresses", () => {
  const ends = (last: object): string => endingOf(`{"header":1}\n${JSON.stringify(last)}\n`);
  expect(ends({ i: 0, op: "m 1 24", ret: "0x1" })).toBe("");
  expect(ends({ i: 0, op: "f 1", sig: "SIGABRT", stderr: "*** ./p: free(): 0x5f *** \n====\n" })).toBe(
    ends({ i: 9, op: "f 2", sig: "SIGABRT", stderr: "*** ./p: free(): 0x60 *** \n" }),
  );
  expect(ends({ i: 0, op: "f 1", sig: "SIGSEGV", stderr: "" })).not.toBe(ends({ i: 0, op: "f 1", killed: -11 }));
});
