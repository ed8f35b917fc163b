// Checks .dependency-cruiser.cjs against src/, and first that the check would notice: planted violations must all be reported.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { cruise } from "dependency-cruiser";
import extractTSConfig from "dependency-cruiser/config-utl/extract-ts-config";
import { inRoot, root } from "./lib/root.mjs";

const rules = createRequire(import.meta.url)("../.dependency-cruiser.cjs");

/**
 * @param {string} folder
 * @returns {Promise<{ modules: number, violations: string[] }>}
 */
async function check(folder) {
  const { options, ...ruleSet } = rules;
  const { tsConfig: _tsConfig, enhancedResolveOptions, ...cruiseOptions } = options;
  const result = await cruise(["src"], { ...cruiseOptions, baseDir: folder, ruleSet, validate: true }, enhancedResolveOptions, {
    tsConfig: extractTSConfig(inRoot("tsconfig.json")),
  });
  const output = result.output;
  if (typeof output === "string") throw new Error("dependency-cruiser gave text, not data");
  const modules = output.modules.filter((module) => module.source.startsWith("src/")).length;
  const violations = output.summary.violations.map((each) => `${each.rule.name}: ${each.from} → ${each.to}`);
  return { modules, violations };
}

/** [file, its text, how many violations it must cause] */
const planted = /** @type {const} */ ([
  ["src/base/index.ts", 'import { word } from "../abi/x"; export const base = word;', 1],
  ["src/abi/x.ts", "export const word = 8;", 0],
  ["src/kernel/mm.ts", 'import "node:fs"; export const mm = 1;', 1],
  ["src/decode/chunks.ts", 'import type { mm } from "../kernel/mm"; export type Chunks = typeof mm;', 1],
  [
    "src/scene/layout.ts",
    'import type { Chunks } from "../decode/chunks"; import { useState } from "react"; export const s = useState; export type C = Chunks;',
    1,
  ],
  ["src/panels/heap/index.ts", 'import { bins } from "../bins/index"; export const heap = bins;', 1],
  ["src/panels/bins/index.ts", 'import { mm } from "../../kernel/mm"; export const bins = mm;', 1],
  ["src/panels/bins/one.ts", 'export { bins } from "./index";', 0],
  ["src/store/a.ts", 'import { b } from "./b"; export const a = () => b;', 1],
  ["src/store/b.ts", 'import { a } from "./a"; export const b = () => a;', 0], // the cycle is reported once, at its first file
  ["src/kernel/mm.test.ts", 'import { bins } from "../panels/bins/index"; export const t = bins;', 0],
]);

async function selfTest() {
  const folder = mkdtempSync(path.join(os.tmpdir(), "heapglass-architecture-"));
  try {
    symlinkSync(inRoot("node_modules"), path.join(folder, "node_modules"), "dir");
    for (const [file, text] of planted) {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), `${text}\n`);
    }
    return await check(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} folder @returns {number} */
function countSources(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .map((entry) => (entry.isDirectory() ? countSources(path.join(folder, entry.name)) : Number(/\.tsx?$/.test(entry.name))))
    .reduce((sum, each) => sum + each, 0);
}

const failures = [];
const self = await selfTest();
for (const [file, , expected] of planted) {
  const got = self.violations.filter((each) => each.includes(`${file} →`));
  if (got.length !== expected)
    failures.push(`self-test: ${file} should cause ${expected} violations, caused ${got.length} ${got.join("; ")}`);
}
const { modules, violations } = await check(root);
const sources = countSources(inRoot("src"));
if (modules < sources) failures.push(`only ${modules} of ${sources} source files were read`);
failures.push(...violations);
for (const failure of failures) console.log(failure);
console.log(`architecture: ${modules} modules, ${planted.length} planted files, ${failures.length} violations`);
process.exit(failures.length === 0 && modules > 0 ? 0 : 1);
