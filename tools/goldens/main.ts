/**
 * npm run goldens [-- FOLDER]: packs the recordings this repository carries from a folder of recordings
 * (default: ../shared/golden/ptmalloc beside the clone) into goldens/ptmalloc.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { inRoot } from "../lib/root.mjs";
import { packFile, usesThreads } from "./pack";

/** The glibc whose recordings travel with the repository: Debian 12's own build. */
const versions = ["2.36sys-amd64"] as const;
const LIMIT_BYTES = 3_000_000;

const source = process.argv[2] ?? inRoot("..", "shared", "golden", "ptmalloc");
let total = 0;
let count = 0;
for (const version of versions) {
  const from = path.join(source, version);
  const to = inRoot("goldens", "ptmalloc", version);
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)
    .filter((file) => file.endsWith(".jsonl.gz"))
    .toSorted()) {
    const gzip = readFileSync(path.join(from, name));
    if (usesThreads(gunzipSync(gzip).toString("latin1"))) continue;
    const packed = packFile(gzip);
    writeFileSync(path.join(to, name), packed);
    total += packed.length;
    count++;
  }
}
console.log(`${count} recordings, ${total} bytes`);
if (total > LIMIT_BYTES) throw new Error(`more than ${LIMIT_BYTES} bytes`);
