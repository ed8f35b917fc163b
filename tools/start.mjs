// npm start: everything from a fresh clone to a page on localhost. Plain Node, no dependencies, because it installs them.
import { ensureEngine, ensurePage, orExit } from "./lib/build.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { inRoot } from "./lib/root.mjs";
import { serve } from "./lib/serve.mjs";

await ensureInstalled();
await orExit(ensureEngine());
await orExit(ensurePage());
const { url } = await serve({ folder: inRoot("dist"), port: Number(process.env["PORT"] ?? 4173) });
console.log(`Heapglass is at ${url}   (Ctrl+C ends it)`);
