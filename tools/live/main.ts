/**
 * Live differential: random scripts, never recorded before, run on this machine's own glibc and on the engine; every address, every changed
 * word of heap and arena, every mapping and message must be equal.
 *
 *   HEAPGLASS_SEED   base seed (default below)      HEAPGLASS_OPERATIONS   how many operations at least
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { glibcSymbols } from "../../src/abi/glibc-symbols";
import { compareRecordings } from "../lib/recordings.mjs";
import { inRoot } from "../lib/root.mjs";
import { run } from "../lib/run.mjs";
import { seed } from "../lib/seed.mjs";
import { flavours } from "./flavours";
import { makeScript } from "./script";

const GLIBC = "2.36";
const wanted = Number(process.env["HEAPGLASS_OPERATIONS"] ?? 100_000);
const OPERATIONS_A_SCRIPT = 1500;

const folder = inRoot("build", "live");
const driver = path.join(folder, "driver");

/** Where this machine's glibc keeps its state, or why the comparison cannot be made here. */
type Probe = { readonly skip: string } | { readonly skip: null; readonly version: string; readonly args: readonly string[] };

async function probe(): Promise<Probe> {
  if (process.platform !== "linux" || process.arch !== "x64")
    return { skip: `needs Linux on x86-64, this is ${process.platform} ${process.arch}` };
  if ((await run("gcc", ["--version"])).code !== 0) return { skip: "no gcc" };
  const compiled = await run("gcc", [
    "-O2",
    "-fno-builtin",
    "-Wall",
    "-Wno-use-after-free",
    "-o",
    driver,
    inRoot("tools", "live", "driver.c"),
  ]);
  if (compiled.code !== 0) return { skip: `gcc cannot compile the driver: ${compiled.stderr.split("\n")[0]}` };
  const answer = await run(driver, ["--probe"], { timeoutSeconds: 10 });
  if (answer.code !== 0) return { skip: `the driver does not run here: ${answer.stderr.trim()}` };
  const { version, libc, arena, mp, key } = JSON.parse(answer.stdout) as Readonly<
    Record<"version" | "libc" | "arena" | "mp" | "key", string>
  >;
  if (version !== GLIBC) return { skip: `this machine has glibc ${version}, not ${GLIBC}` };
  const known = glibcSymbols.find((symbols) => symbols.glibc === GLIBC && symbols.abi === "amd64");
  const at = { mainArena: Number(arena) - Number(libc), mp: Number(mp) - Number(libc), tcacheKey: Number(key) - Number(libc) };
  if (known?.mainArena !== at.mainArena || known.mp !== at.mp || known.tcacheKey !== at.tcacheKey) {
    return { skip: `another build of glibc ${GLIBC}: main_arena at libc + 0x${at.mainArena.toString(16)}` };
  }
  return { skip: null, version, args: [arena, mp, key, libc].map((address) => address.slice(2)) };
}

/** Records one script. Returns the file and the number of its operations. */
async function record(index: number, args: readonly string[]): Promise<{ readonly file: string; readonly operations: number }> {
  const flavour = flavours[index % flavours.length];
  if (flavour === undefined) throw new Error("no flavours");
  const name = path.join(folder, `${flavour.name}-${seed + index}`);
  writeFileSync(`${name}.script`, `${makeScript(flavour, seed + index, OPERATIONS_A_SCRIPT).join("\n")}\n`);
  const outcome = await run(driver, [`${name}.script`, ...args], { timeoutSeconds: 60 });
  if (outcome.code !== 0) throw new Error(`driver ended with ${outcome.code} on ${name}.script: ${outcome.stderr}`);
  writeFileSync(`${name}.jsonl`, outcome.stdout);
  return { file: `${name}.jsonl`, operations: outcome.stdout.split("\n").length - 2 };
}

async function main(): Promise<number> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const found = await probe();
  if (found.skip !== null) {
    console.log(`skipped: ${found.skip}`);
    return 0;
  }
  const files: string[] = [];
  let operations = 0;
  for (let index = 0; operations < wanted; index++) {
    const recorded = await record(index, found.args);
    files.push(recorded.file);
    operations += recorded.operations;
  }
  const halves = [files.filter((_, index) => index % 2 === 0), files.filter((_, index) => index % 2 === 1)];
  const results = await Promise.all(halves.map((half) => compareRecordings(half)));
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  for (const { failed: bad, details } of results) if (bad > 0) console.log(details?.trim());
  const verdict = failed === 0 ? "all equal" : `${failed} scripts differ (recordings in build/live)`;
  console.log(`seed ${seed}: ${operations} operations in ${files.length} scripts on glibc ${found.version}, ${verdict}`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main();
