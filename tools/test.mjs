// npm test: everything that has to hold, from a fresh clone. Plain Node, because it installs the rest.
// Each step reports itself when it ends; the last line counts individual tests and checks.
import { ensureInstalled } from "./lib/install.mjs";

const began = performance.now();
await ensureInstalled();
const { steps } = await import("./test-steps.mjs");
const { runSteps } = await import("./lib/steps.mjs");

const only = process.argv.slice(2);
const chosen =
  only.length === 0
    ? steps
    : steps
        .filter((step) => only.includes(step.name))
        .map((step) => ({ ...step, after: step.after?.filter((name) => only.includes(name)) ?? [] }));
if (chosen.length === 0) {
  console.error(`No such step. There are: ${steps.map((step) => step.name).join(" ")}`);
  process.exit(2);
}

const results = await runSteps(chosen, ({ name, failed, passed, seconds, summary, details }) => {
  const word = failed > 0 ? "FAIL" : passed > 0 ? "ok" : "skip";
  console.log(`${word.padEnd(5)}${name.padEnd(14)}${seconds.toFixed(1).padStart(6)} s   ${summary}`);
  if (failed > 0 && details) console.log(details.trimEnd().replace(/^/gm, "     │ "));
});

const total = (/** @type {"passed" | "failed"} */ key) => results.reduce((sum, each) => sum + each[key], 0);
const skipped = results.flatMap((each) => (each.skipped ?? []).map((reason) => `${each.name}: ${reason}`));
console.log(`total${((performance.now() - began) / 1000).toFixed(0).padStart(20)} s`);
for (const reason of skipped) console.log(`skipped: ${reason}`);
const failed = total("failed");
console.log(`${total("passed")} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ""}`);
process.exit(failed === 0 ? 0 : 1);
