import { readdirSync } from "node:fs";
import path from "node:path";
import { runNode } from "./run.mjs";

/**
 * Recordings of heap operations in a folder of folders, one a version.
 * @param {string} folder
 * @returns {string[]}
 */
export function recordingsIn(folder) {
  return readdirSync(folder)
    .toSorted()
    .flatMap((version) =>
      readdirSync(path.join(folder, version))
        .filter((name) => name.endsWith(".jsonl.gz"))
        .toSorted()
        .map((name) => path.join(folder, version, name)),
    );
}

/**
 * @typedef {object} Comparison
 * @property {ReadonlyMap<string, number>} equal how many operations each file has that is equal from end to end
 * @property {string} total the runner's last word, "" when it did not come to an end
 * @property {string} details
 */

/**
 * Replays recordings on the engine.
 * @param {readonly string[]} files
 * @param {{ readonly sparse?: boolean }} [options] sparse: whole heaps are hashed only where a line does not list all that changed
 * @returns {Promise<Comparison>}
 */
export async function replayRecordings(files, { sparse = false } = {}) {
  const outcome = await runNode(["tools/headless.mjs", "replay", "--check", ...(sparse ? ["--sparse-hashes"] : []), ...files], {
    timeoutSeconds: 1200,
  });
  /** @type {Map<string, number>} */
  const equal = new Map();
  const others = [];
  for (const line of outcome.stdout.split("\n")) {
    const match = /^(.*): (\d+) operations?, (\d+) equal$/.exec(line);
    if (match?.[1] !== undefined && match[2] === match[3]) equal.set(match[1], Number(match[2]));
    else others.push(line);
  }
  const total = /^checked (\d+) files?, (\d+) operations?, (\d+) equal$/m.exec(outcome.stdout)?.[0] ?? "";
  return { equal, total, details: `${others.slice(0, 40).join("\n")}\n${outcome.stderr}` };
}

/**
 * The same as a step of npm test: one check a file.
 * @param {readonly string[]} files
 * @param {{ readonly sparse?: boolean }} [options]
 * @returns {Promise<import("./steps.mjs").StepResult>}
 */
export async function compareRecordings(files, options = {}) {
  const { equal, total, details } = await replayRecordings(files, options);
  const failed = Math.max(files.length - equal.size, Number(total === ""));
  return { passed: equal.size, failed, summary: total === "" ? "no total line" : total, details };
}
