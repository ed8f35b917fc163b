// Budgets of the production build, gzip. What belongs to which is read from the build itself, so that a renamed chunk cannot slip out.
import { existsSync, readFileSync, readdirSync } from "node:fs";

const assets = "dist/assets";

/**
 * A script with everything it imports before it runs.
 * @param {string} script
 * @returns {Set<string>}
 */
function withImports(script, seen = new Set(/** @type {string[]} */ ([]))) {
  if (seen.has(script) || !existsSync(script)) return seen;
  seen.add(script);
  for (const [, name] of readFileSync(script, "utf8").matchAll(/(?:^|[;}\s])(?:import|from)\s*["']\.\/([^"']+\.js)["']/g)) {
    withImports(`${assets}/${name}`, seen);
  }
  return seen;
}

const files = existsSync(assets) ? readdirSync(assets).map((name) => `${assets}/${name}`) : [];
const page = existsSync("dist/index.html") ? readFileSync("dist/index.html", "utf8") : "";
const named = [...page.matchAll(/(?:src|href)="\.?\/?(assets\/[^"]+\.(?:js|css))"/g)].map(([, name]) => `dist/${name}`);
/** The page's first script fetches what it needs at once: the page itself. */
const first = named
  .filter((name) => name.endsWith(".js") && existsSync(name))
  .flatMap((name) =>
    [...readFileSync(name, "utf8").matchAll(/"\.\/([^"]+\.(?:js|css))"/g)].map(([, file]) => `${assets}/${file}`),
  );
const entry = [...new Set([...named, ...first].flatMap((name) => (name.endsWith(".js") ? [...withImports(name)] : [name])))];
const lazily = (/** @type {string} */ name) =>
  files.filter((file) => new RegExp(`/${name}-[^/]+\\.js$`).test(file) && !entry.includes(file));

export default [
  { name: "entry", path: entry, gzip: true, limit: "240 kB" },
  { name: "editor", path: lazily("editor"), gzip: true, limit: "150 kB" },
  {
    name: "worker + engine",
    path: [...lazily("entry"), ...files.filter((file) => /engine-amd64-[^/]+\.wasm$/.test(file))],
    gzip: true,
    limit: "150 kB",
  },
  // Fetched when somebody wants to know what the TLB does.
  {
    name: "engine that counts accesses",
    path: [...lazily("tlb-entry"), ...files.filter((file) => /engine-counted-[^/]+\.wasm$/.test(file))],
    gzip: true,
    limit: "45 kB",
  },
  // Fetched when a program is to run on 32 bits.
  { name: "engine for i386", path: files.filter((file) => /engine-i386-[^/]+\.wasm$/.test(file)), gzip: true, limit: "40 kB" },
];
