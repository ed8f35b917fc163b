/**
 * Live differential: random scripts, never recorded before, run on this machine's own glibc and on the engine; every address, every changed
 * word of heaps and arenas, every mapping and message must be equal.
 *
 *   npm run live [-- PART…]   all parts (parts.ts) or some
 *   HEAPGLASS_SEED            base seed
 *   HEAPGLASS_OPERATIONS      how many operations each part makes at least, instead of its own number
 *
 * Prints what differed, `skipped: PART: why` for each part that cannot be made here, and last how many operations of each part were equal.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { replayRecordings } from "../lib/recordings.mjs";
import { inRoot } from "../lib/root.mjs";
import { run } from "../lib/run.mjs";
import { seed } from "../lib/seed.mjs";
import { buildDriver, type Driver, GLIBC } from "./driver";
import type { Target } from "./flavours";
import { type Part, parts } from "./parts";
import { makeScript } from "./script";

const OPERATIONS_A_SCRIPT = 1500;
/** Each flavour gets this many scripts at least: what has gone wrong ends a script early. */
const SCRIPTS_A_FLAVOUR = 2;
const folder = inRoot("build", "live");
const wanted = process.env["HEAPGLASS_OPERATIONS"];

interface Recorded {
  readonly part: Part;
  readonly skip: string | null;
  readonly files: readonly string[];
  readonly operations: number;
}

const drivers = new Map<Target, Promise<Driver>>();
function driverFor(target: Target): Promise<Driver> {
  const driver = drivers.get(target) ?? buildDriver(target, folder);
  drivers.set(target, driver);
  return driver;
}

/** Records scripts of all the part's flavours in turn until there are enough operations. */
async function record(part: Part): Promise<Recorded> {
  const driver = await driverFor(part.target);
  if (driver.skip !== null) return { part, skip: driver.skip, files: [], operations: 0 };
  const enough = wanted === undefined ? part.operations : Number(wanted);
  const atLeast = part.flavours.length * SCRIPTS_A_FLAVOUR;
  const length = Math.min(OPERATIONS_A_SCRIPT, Math.ceil(enough / part.flavours.length / SCRIPTS_A_FLAVOUR));
  const files: string[] = [];
  let operations = 0;
  mkdirSync(path.join(folder, part.name));
  while (operations < enough || files.length < atLeast) {
    for (const flavour of part.flavours) {
      const scriptSeed = seed + files.length;
      const name = path.join(folder, part.name, `${flavour.name}-${scriptSeed}`);
      writeFileSync(`${name}.script`, `${makeScript(flavour, scriptSeed, length, part.target).join("\n")}\n`);
      const outcome = await run(driver.program, [`${name}.script`, ...driver.args], { timeoutSeconds: 60 });
      if (outcome.code !== 0) throw new Error(`driver ended with ${outcome.code} on ${name}.script: ${outcome.stderr}`);
      writeFileSync(`${name}.jsonl`, outcome.stdout);
      files.push(`${name}.jsonl`);
      operations += outcome.stdout.split("\n").length - 2;
      if (operations >= enough && files.length >= atLeast) break;
    }
  }
  return { part, skip: null, files, operations };
}

/** The last line of what is printed. */
function verdict(all: readonly Recorded[], equal: ReadonlyMap<string, number>): string {
  const made = all.filter(({ skip }) => skip === null);
  const parts = made.map(({ part, files, operations }) => {
    const unequal = files.filter((file) => !equal.has(file)).length;
    const what = unequal === 0 ? "equal" : `${unequal} OF WHICH DIFFER (recordings in build/live)`;
    return `${part.name} ${operations} operations in ${files.length} scripts, ${what}`;
  });
  return `seed ${seed}, glibc ${GLIBC}: ${parts.join("; ")}`;
}

async function main(): Promise<number> {
  const names = process.argv.slice(2);
  const chosen = parts.filter(({ name }) => names.length === 0 || names.includes(name));
  if (chosen.length === 0) {
    console.error(`No such part. There are: ${parts.map(({ name }) => name).join(" ")}`);
    return 2;
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const all: Recorded[] = [];
  for (const part of chosen) all.push(await record(part));
  const files = all.flatMap((recorded) => recorded.files);
  const comparison = files.length === 0 ? null : await replayRecordings(files);
  const equal = comparison?.equal ?? new Map<string, number>();
  const failed = files.some((file) => !equal.has(file));
  if (failed) console.log(comparison?.details.trim());
  for (const { part, skip } of all) if (skip !== null) console.log(`skipped: ${part.name}: ${skip}`);
  if (files.length > 0) console.log(verdict(all, equal));
  return failed ? 1 : 0;
}

process.exitCode = await main();
