import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { inRoot, root } from "./root.mjs";
import { runNode } from "./run.mjs";

/**
 * @typedef {object} Product
 * @property {string} name
 * @property {readonly string[]} inputs files and folders whose content decides the result
 * @property {readonly string[]} outputs must exist afterwards
 * @property {readonly string[]} command Node arguments
 */

/** @type {Product} */
const page = {
  name: "page",
  inputs: ["src", "public", "tools/build-engine.mjs", "index.html", "vite.config.ts", "tsconfig.json", "package-lock.json"],
  outputs: ["dist/index.html"],
  command: ["node_modules/vite/bin/vite.js", "build"],
};

/**
 * @param {string} entry
 * @returns {string[]}
 */
function filesUnder(entry) {
  const full = path.join(root, entry);
  if (!existsSync(full)) return [];
  if (!statSync(full).isDirectory()) return [entry];
  return readdirSync(full)
    .toSorted()
    .flatMap((name) => filesUnder(path.join(entry, name)));
}

/** @param {Product} product */
function fingerprint(product) {
  const hash = createHash("sha256");
  for (const file of product.inputs.flatMap(filesUnder))
    hash
      .update(file)
      .update("\0")
      .update(readFileSync(inRoot(file)));
  return hash.digest("hex");
}

/**
 * Builds a product unless it was built from the very same inputs. Progress goes to stderr.
 * @param {Product} product
 * @returns {Promise<{ ok: boolean, built: boolean, output: string }>}
 */
async function ensure(product) {
  const stamp = inRoot("build", `${product.name}.stamp`);
  const print = fingerprint(product);
  const fresh =
    existsSync(stamp) && readFileSync(stamp, "utf8") === print && product.outputs.every((file) => existsSync(inRoot(file)));
  if (fresh) return { ok: true, built: false, output: "" };
  console.error(`Building the ${product.name} …`);
  const outcome = await runNode(product.command, { timeoutSeconds: 300 });
  const ok = outcome.code === 0 && product.outputs.every((file) => existsSync(inRoot(file)));
  if (ok) {
    mkdirSync(inRoot("build"), { recursive: true });
    writeFileSync(stamp, print);
  }
  return { ok, built: true, output: outcome.stdout + outcome.stderr };
}

/** The engine's own build knows when it is up to date. */
export async function ensureEngine() {
  const outcome = await runNode(["tools/build-engine.mjs"], { timeoutSeconds: 300 });
  return { ok: outcome.code === 0, built: outcome.stdout !== "", output: outcome.stdout + outcome.stderr };
}
export const ensurePage = () => ensure(page);

/**
 * For tools that cannot go on without it.
 * @param {Promise<{ ok: boolean, output: string }>} result
 */
export async function orExit(result) {
  const { ok, output } = await result;
  if (ok) return;
  console.error(output);
  process.exit(1);
}
