// npm run dev: engine, then Vite with hot reloading.
import { spawn } from "node:child_process";
import { ensureEngine, orExit } from "./lib/build.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { root } from "./lib/root.mjs";

await ensureInstalled();
await orExit(ensureEngine());
spawn(process.execPath, ["node_modules/vite/bin/vite.js", ...process.argv.slice(2)], { cwd: root, stdio: "inherit" });
