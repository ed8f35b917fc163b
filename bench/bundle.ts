import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import budgets from "../.size-limit.mjs";
import { inRoot } from "../tools/lib/root.mjs";

/** Gzipped bytes of each part of the production build that has a budget. */
export function benchBundle(): Readonly<Record<string, number>> {
  return Object.fromEntries(
    budgets.map(({ name, path }) => [
      name,
      path.reduce((sum, file) => sum + gzipSync(readFileSync(inRoot(file)), { level: 9 }).length, 0),
    ]),
  );
}
