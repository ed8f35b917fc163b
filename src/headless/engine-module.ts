/** The compiled engine for Node: built first when its sources are newer. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Compiles an engine of build/engine, making it when missing or stale (the build script knows). */
export async function loadEngine(name: "engine" | "engine-counted" = "engine"): Promise<WebAssembly.Module> {
  await promisify(execFile)(process.execPath, [`${root}tools/build-engine.mjs`], { cwd: root });
  return compiledEngine(name);
}

/** The engine as it was built last. */
export async function compiledEngine(name = "engine"): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(`${root}build/engine/${name}.wasm`));
}
