import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { createVmChecker } from "./check";
import { parseVmRecording } from "./recording";

/** The clone's own recordings, and all of them where they lie next to the clone. */
const folders = ["../../../goldens/vm/", "../../../../shared/golden/vm/"].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);
const folder = folders.findLast((path) => existsSync(path)) ?? "";
const layouts = ["", "-pie", "-L", "-L-pie"].flatMap((variant) => ["amd64", "i386-3"].map((cpu) => cpu + variant));

describe("the kernel does what Linux did: results, maps, faults, signals, resident and page-table sizes, smaps", () => {
  const [check, checkBefore] = [createVmChecker("6.1+"), createVmChecker("before-6.1")];
  it.each(layouts)("layout %s", { timeout: 60_000 }, async (layout) => {
    const files = readdirSync(folder + layout);
    for (const [index, file] of files.entries()) {
      // Placement does not depend on the index of VMAs: every fourth recording is played on the kernel with the other one too.
      for (const one of index % 4 === 0 ? [check, checkBefore] : [check]) {
        const { operations, equal, line } = await one(`${folder}${layout}/${file}`);
        expect(equal, line).toBe(operations);
      }
    }
    expect(files.length).toBeGreaterThan(10);
  });

  it("a line that is no operation is named", () => {
    expect(() => parseVmRecording("{}")).toThrow("line 1");
  });
});
