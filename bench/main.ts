/** npm run bench [-- --json]: the speed of the whole product in one run. Keys of the JSON object: docs/benchmarks.md. */
import { benchBundle } from "./bundle";
import { benchPage } from "./page";
import { benchReplay } from "./replay";
import { benchTime } from "./time";
import { benchVmas } from "./vmas";

const json = process.argv.includes("--json");
const note = (text: string): void => console.error(text);

note("replaying a million operations on glibc and on the engine …");
const replay = await benchReplay();
if (replay.native_ops_s === undefined) note("no gcc: nothing to compare the replay with");
note("seeking in a million events …");
const time = await benchTime();
note("mapping a hundred thousand VMAs …");
const vmas = await benchVmas();
note("stepping in Chromium …");
const page = await benchPage();
if (page === null) note("no Chromium: paint and start are not measured");
const result = { replay, ...time, vmas, ...page, bundle: benchBundle() };

/** The wanted bound beside each figure. */
const wanted: Readonly<Record<string, string>> = {
  "replay.ratio_off": "≥ 0.4",
  "replay.ratio_on": "≥ 0.25",
  "seek.p95_ms": "< 50",
  "vmas.maple.growth": "< 20",
  "vmas.rbtree.growth": "< 20",
  "paint.1000.p95_ms": "< 16",
  "start.first_picture_ms": "< 1000",
  "bundle.entry": "≤ 240000",
  "bundle.editor": "≤ 150000",
  "bundle.worker + engine": "≤ 150000",
};

function rows(value: unknown, name: string): [string, number][] {
  if (typeof value === "number") return [[name, value]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => rows(inner, name === "" ? key : `${name}.${key}`));
}

if (json) console.log(JSON.stringify(result));
else {
  for (const [name, value] of rows(result, "")) {
    const text = Number.isInteger(value) ? String(value) : value.toFixed(value < 10 ? 3 : 1);
    console.log(`${name.padEnd(26)}${text.padStart(12)}${wanted[name] ? `   wanted ${wanted[name]}` : ""}`);
  }
}
