/** The compiled engine for Node: built first when its sources are newer. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Compiles build/engine/engine.wasm, making it when missing or stale (the build script knows). */
export async function loadEngine(): Promise<WebAssembly.Module> {
  await promisify(execFile)(process.execPath, [`${root}tools/build-engine.mjs`], { cwd: root });
  return compiledEngine();
}

/** The engine as it was built last. */
export async function compiledEngine(): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(`${root}build/engine/engine.wasm`));
}
