// npm run --silent headless -- COMMAND …: the command-line runner, also from a fresh clone. Only the runner writes to stdout.
import { spawn } from "node:child_process";
import { ensureEngine, orExit } from "./lib/build.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { root } from "./lib/root.mjs";

await ensureInstalled();
await orExit(ensureEngine());
// npm runs scripts in the clone's folder; file names are meant relative to where the user stands.
const cwd = process.env["INIT_CWD"] ?? process.cwd();
const child = spawn(
  process.execPath,
  ["--import", import.meta.resolve("tsx"), `${root}/src/headless/main.ts`, ...process.argv.slice(2)],
  {
    cwd,
    stdio: "inherit",
  },
);
child.on("close", (code, signal) => {
  if (signal) process.kill(process.pid, signal);
  else process.exit(code ?? 1);
});
