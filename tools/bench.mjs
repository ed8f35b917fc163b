// npm run bench [-- --json]: builds what is to be measured, then measures. Only the result goes to stdout.
import { spawn } from "node:child_process";
import { ensureEngine, ensurePage, orExit } from "./lib/build.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { root } from "./lib/root.mjs";

await ensureInstalled();
await orExit(ensureEngine());
await orExit(ensurePage());
const child = spawn(process.execPath, ["--import", "tsx", "bench/main.ts", ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
});
child.on("close", (code) => process.exit(code ?? 1));
