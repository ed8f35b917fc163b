// Compares the production build with the budgets of .size-limit.mjs. One line a budget.
import budgets from "../.size-limit.mjs";
import { runNode } from "./lib/run.mjs";

const outcome = await runNode(["node_modules/size-limit/bin.js", "--json"]);
/** @type {{ name: string, size: number, passed: boolean }[]} */
let results = [];
try {
  results = JSON.parse(outcome.stdout);
} catch {
  console.error(outcome.stdout + outcome.stderr);
}
const kB = (/** @type {number} */ bytes) => (bytes / 1000).toFixed(1);
const lines = budgets.map(({ name, path, limit }) => {
  const result = results.find((each) => each.name === name);
  const ok = path.length > 0 && result?.passed === true;
  return { ok, text: `${name} ${result ? kB(result.size) : "?"} of ${limit}${ok ? "" : " ✗"}` };
});
console.log(lines.map(({ text }) => text).join("\n"));
process.exit(lines.every(({ ok }) => ok) ? 0 : 1);
