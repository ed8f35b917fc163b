import { existsSync, readFileSync } from "node:fs";
import { run } from "./run.mjs";
import { inRoot } from "./root.mjs";

/** @typedef {{ version?: string, optional?: boolean, devOptional?: boolean, link?: boolean }} LockEntry */

/**
 * @param {string} file
 * @returns {Record<string, LockEntry>}
 */
function packagesOf(file) {
  return JSON.parse(readFileSync(file, "utf8")).packages ?? {};
}

/** What the lock file asks for and node_modules does not have, or null when it is all there. */
export function missingPackage() {
  const installed = inRoot("node_modules", ".package-lock.json");
  if (!existsSync(installed)) return "node_modules";
  const have = packagesOf(installed);
  for (const [name, wanted] of Object.entries(packagesOf(inRoot("package-lock.json")))) {
    // An optional package may be for another platform; npm leaves it out.
    if (name === "" || wanted.optional || wanted.devOptional) continue;
    if (have[name]?.version !== wanted.version) return `${name.replace(/^.*node_modules\//, "")} ${wanted.version}`;
  }
  return null;
}

/** Installs exactly what the lock file says, if it is not there already. Progress goes to stderr. */
export async function ensureInstalled() {
  const missing = missingPackage();
  if (missing === null) return;
  console.error(`Installing dependencies (missing: ${missing}) …`);
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  // Not `npm ci`: it refuses a lock file in which another platform's optional binary is missing. Versions come from the lock all the same.
  const outcome = await run(npm, ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"], {
    echo: true,
    timeoutSeconds: 900,
  });
  if (outcome.code !== 0) {
    console.error("npm install failed. Check the network and that Node is at least 20.20, then try again.");
    process.exit(1);
  }
}
