// npm run fuzz [-- ROUNDS]: the random tests again and again, each round with a seed of its own. The gate has one fixed seed; this looks further.
import { randomInt } from "node:crypto";
import { ensureEngine, orExit } from "./lib/build.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { runNode } from "./lib/run.mjs";

await ensureInstalled();
await orExit(ensureEngine());
const rounds = Number(process.argv[2] ?? 10);
const failed = [];
for (let round = 1; round <= rounds; round++) {
  const seed = randomInt(2 ** 31);
  const env = { ...process.env, HEAPGLASS_SEED: String(seed), C_SEED: String(seed), C_PROGRAMS: "400" };
  for (const command of [
    ["node_modules/vitest/vitest.mjs", "run", "--project", "node", "--silent", "--reporter=dot"],
    ["--import", "tsx", "tools/live/main.ts"],
    ["--import", "tsx", "tools/live-vm/main.ts"],
  ]) {
    const { code, stdout, stderr } = await runNode(command, { env, timeoutSeconds: 900 });
    if (code === 0) continue;
    failed.push(seed);
    console.log(stdout + stderr);
  }
  console.log(`round ${round} of ${rounds}, HEAPGLASS_SEED=${seed}: ${failed.includes(seed) ? "failed" : "held"}`);
}
process.exit(failed.length === 0 ? 0 : 1);
