/**
 * npm run goldens [-- FOLDER]: packs the recordings this repository carries from a folder of recordings
 * (default: ../shared/golden/ptmalloc beside the clone) into goldens/ptmalloc.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { inRoot } from "../lib/root.mjs";
import { endingOf, packFile } from "./pack";

/** Everything of Debian 12's own build travels with the repository; of the others every flavour's beginning and every way to end. */
const whole = "2.36sys-amd64";
const OPERATIONS = 200;
const LIMIT_BYTES = 6_500_000;

interface Chosen {
  readonly name: string;
  readonly gzip: Buffer;
  readonly operations: number;
}

/** Misuse ends the process: of several that end alike, the shortest. */
function shortestOfEach(recordings: readonly Omit<Chosen, "operations">[]): readonly Omit<Chosen, "operations">[] {
  const byEnding = new Map<string, Omit<Chosen, "operations">>();
  for (const recording of recordings.toSorted((a, b) => a.gzip.length - b.gzip.length)) {
    const ending = endingOf(gunzipSync(recording.gzip).toString("utf8"));
    if (!byEnding.has(ending)) byEnding.set(ending, recording);
  }
  return [...byEnding.values()];
}

function choose(version: string): readonly Chosen[] {
  const folder = path.join(source, version);
  const all = readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl.gz"))
    .toSorted()
    .map((name) => ({ name, gzip: readFileSync(path.join(folder, name)) }));
  const uncut = (recording: Omit<Chosen, "operations">): Chosen => ({ ...recording, operations: Number.POSITIVE_INFINITY });
  if (version === whole) return all.map(uncut);
  const misuse = all.filter(({ name }) => name.startsWith("misuse"));
  const others = all.filter((each) => !misuse.includes(each));
  return [
    ...shortestOfEach(misuse).map(uncut),
    ...others.map((each) => (each.name.startsWith("threads") ? uncut(each) : { ...each, operations: OPERATIONS })),
  ];
}

const source = process.argv[2] ?? inRoot("..", "shared", "golden", "ptmalloc");
const target = inRoot("goldens", "ptmalloc");
rmSync(target, { recursive: true, force: true });
let total = 0;
let count = 0;
for (const version of readdirSync(source).toSorted()) {
  const to = path.join(target, version);
  mkdirSync(to, { recursive: true });
  for (const { name, gzip, operations } of choose(version)) {
    const packed = packFile(gzip, operations);
    writeFileSync(path.join(to, name), packed);
    total += packed.length;
    count++;
  }
}
console.log(`${count} recordings, ${total} bytes`);
if (total > LIMIT_BYTES) throw new Error(`more than ${LIMIT_BYTES} bytes`);
