import fc from "fast-check";
import { gunzipSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { packFile, packText, usesThreads } from "./pack";

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

test("recordings with threads are recognised by their operations", () => {
  expect(usesThreads('{"op":"m 1 24"}\n{"op":"T 1 m 2 24"}')).toBe(true);
  expect(usesThreads('{"op":"S 1"}')).toBe(true);
  expect(usesThreads('{"op":"m 1 24"}\n{"op":"t 0"}')).toBe(false);
});
