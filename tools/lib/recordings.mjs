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
 * Replays recordings on the engine. One check a file.
 * @param {readonly string[]} files
 * @param {{ readonly sparse?: boolean }} [options] sparse: whole heaps are hashed only where a line does not list all that changed
 * @returns {Promise<import("./steps.mjs").StepResult>}
 */
export async function compareRecordings(files, { sparse = false } = {}) {
  const outcome = await runNode(["tools/headless.mjs", "replay", "--check", ...(sparse ? ["--sparse-hashes"] : []), ...files], {
    timeoutSeconds: 1200,
  });
  const total = /^checked (\d+) files?, (\d+) operations?, (\d+) equal$/m.exec(outcome.stdout);
  const equal = outcome.stdout.split("\n").filter((line) => {
    const match = /: (\d+) operations?, (\d+) equal$/.exec(line);
    return match !== null && match[1] === match[2];
  }).length;
  const unequal = files.length - equal;
  const failed = Math.max(unequal, Number(outcome.code !== 0 || total === null));
  const differences = outcome.stdout.split("\n").filter((line) => !/: (\d+) operations?, \1 equal$/.test(line));
  return {
    passed: equal,
    failed,
    summary: total?.[0] ?? "no total line",
    details: `${differences.slice(0, 40).join("\n")}\n${outcome.stderr}`,
  };
}
