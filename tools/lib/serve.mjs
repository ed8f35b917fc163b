import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";

/** @type {Readonly<Record<string, string>>} */
const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".webmanifest": "application/manifest+json; charset=utf-8",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
  ".map": "application/json; charset=utf-8",
};

/** The page loads nothing from elsewhere and compiles WebAssembly. Frames stay allowed: the page is meant to be embedded. */
const contentSecurityPolicy = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** With these the browser lets page and worker share memory. */
const isolation = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

/**
 * The file a request means, or null: nothing outside the folder, no folders but their index.html.
 * @param {string} folder
 * @param {string} url
 */
export function fileFor(folder, url) {
  let name;
  try {
    name = decodeURIComponent(new URL(url, "http://localhost").pathname);
  } catch {
    return null;
  }
  if (name.includes("\0")) return null;
  const base = path.resolve(folder);
  const full = path.join(base, name.endsWith("/") ? `${name}index.html` : name);
  if (full !== base && !full.startsWith(base + path.sep)) return null;
  return statSync(full, { throwIfNoEntry: false })?.isFile() ? full : null;
}

/**
 * Headers of the production page. `isolated: false` is a host that sends none of them, as many course pages and file hosts.
 * @param {string} file
 * @param {boolean} isolated
 */
function headersFor(file, isolated) {
  const type = types[path.extname(file)] ?? "application/octet-stream";
  const hashed = /[\\/]assets[\\/]/.test(file);
  const cache = hashed ? "public, max-age=31536000, immutable" : "no-cache";
  const common = { "Content-Type": type, "Cache-Control": cache };
  if (!isolated) return common;
  return {
    ...common,
    ...isolation,
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Content-Security-Policy": contentSecurityPolicy,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
  };
}

/**
 * Serves a folder on 127.0.0.1. A busy port means the next one, twenty times.
 * @param {{ folder: string, port: number, isolated?: boolean }} options
 * @returns {Promise<{ url: string, port: number, close: () => Promise<void> }>}
 */
export async function serve({ folder, port, isolated = true }) {
  const server = createServer((request, response) => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.writeHead(405, { Allow: "GET, HEAD" }).end();
      return;
    }
    const file = fileFor(folder, request.url ?? "/");
    if (file === null) {
      response
        .writeHead(404, { "Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff" })
        .end("Not found\n");
      return;
    }
    response.writeHead(200, headersFor(file, isolated));
    if (request.method === "HEAD") response.end();
    else createReadStream(file).pipe(response);
  });
  for (let candidate = port; ; candidate++) {
    const busy = await new Promise((resolve, reject) => {
      server.once("error", (/** @type {NodeJS.ErrnoException} */ error) => {
        if (error.code === "EADDRINUSE" && candidate < port + 20) resolve(true);
        else reject(error);
      });
      server.listen(candidate, "127.0.0.1", () => resolve(false));
    });
    server.removeAllListeners("error");
    server.removeAllListeners("listening");
    if (busy) continue;
    const address = server.address();
    const actual = address !== null && typeof address === "object" ? address.port : candidate;
    return {
      url: `http://localhost:${actual}/`,
      port: actual,
      close: () => {
        server.closeAllConnections();
        return new Promise((resolve) => server.close(() => resolve()));
      },
    };
  }
}
