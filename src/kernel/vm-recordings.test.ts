import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { createVmPlayer, isBeyondSlice, type VmMeta, type VmOperation } from "./testing/vm-recording";

/** The clone's own recordings, and all of them where they lie next to the clone. */
const folders = ["../../goldens/vm/", "../../../shared/golden/vm/"].map((path) => fileURLToPath(new URL(path, import.meta.url)));
const folder = folders.findLast((path) => existsSync(path));
const layouts = ["amd64", "amd64-pie", "amd64-L", "amd64-L-pie"];

/** Lines that differ for a known reason (docs/deviations.md). */
const known: Readonly<Record<string, readonly number[]>> = {
  // The recording process was root, who may ask for address 0; ours is not.
  "amd64-L/big-2": [41],
  // A clock page that this hypervisor does not provide: SIGBUS there.
  "amd64-L-pie/stack-1": [22],
  "amd64-L-pie/stack-2": [125],
};

function readLines(file: string): { readonly meta: VmMeta; readonly operations: readonly VmOperation[] } {
  const [meta, ...rest] = gunzipSync(readFileSync(file)).toString("utf8").trim().split("\n");
  const operations = rest.map((line) => JSON.parse(line) as VmOperation | { final: unknown }).filter((line) => "op" in line);
  return { meta: JSON.parse(meta ?? "") as VmMeta, operations };
}

/** Operations that only report are left out; at the first that needs files the rest is. */
function playable(operations: readonly VmOperation[]): readonly VmOperation[] {
  const asking = new Set<string | number | undefined>(["smaps", "mincore"]);
  const relevant = operations.filter(({ op }) => !asking.has(op[0]));
  const end = relevant.findIndex(isBeyondSlice);
  return end < 0 ? relevant : relevant.slice(0, end);
}

describe.skipIf(folder === undefined)(
  "the kernel does what Linux did with anonymous memory: results, maps, faults, resident and page-table sizes",
  () => {
    for (const layout of layouts) {
      const path = `${folder}${layout}/`;
      it.skipIf(!existsSync(path))(`layout ${layout}`, () => {
        let equal = 0;
        for (const file of readdirSync(path).toSorted()) {
          const name = `${layout}/${file.replace(".jsonl.gz", "")}`;
          const { meta, operations } = readLines(path + file);
          const player = createVmPlayer(meta);
          for (const operation of playable(operations)) {
            const difference = player.play(operation);
            if (known[name]?.includes(operation.i)) continue;
            expect(difference, name).toBe("");
            equal++;
          }
        }
        expect(equal).toBeGreaterThan(1000);
      });
    }
  },
);
