import path from "node:path";
import { fileURLToPath } from "node:url";

/** The clone's top folder: every tool works from here, wherever it was called. */
export const root = path.resolve(fileURLToPath(import.meta.url), "../../..");

/** @param {readonly string[]} parts */
export const inRoot = (...parts) => path.join(root, ...parts);
