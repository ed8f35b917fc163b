/**
 * The page's one service worker: keeps a copy of the build for use without a network, and adds the headers that let page and worker share
 * memory on hosts that cannot send them.
 *
 *   navigation        network, else the kept index.html      so that a new build is seen at once
 *   file of the build kept copy, else network                 their names carry a hash of their content
 *
 * On a host without headers the first visit runs on copied pages; from the second on this worker answers and memory is shared. Nothing
 * is reloaded behind the reader's back. Inside somebody else's page the browser decides by the outermost page, and copies remain.
 */

/** What a build consists of; filled in by vite-plugin-pwa. */
interface Built {
  readonly __WB_MANIFEST: readonly { readonly url: string; readonly revision: string | null }[];
}

interface Waitable extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Event {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
/** The part of ServiceWorkerGlobalScope that is used here; TypeScript cannot hold its library beside the page's. */
interface WorkerScope {
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void> };
  addEventListener(type: "install" | "activate", listener: (event: Waitable) => void): void;
  addEventListener(type: "fetch", listener: (event: Fetching) => void): void;
}

// oxlint-disable-next-line no-underscore-dangle -- the plugin looks for exactly this name
const build = (self as unknown as Built).__WB_MANIFEST;
const worker = globalThis as unknown as WorkerScope;

const PREFIX = "heapglass-";
/** One cache a build: its name says what is in it. */
const cacheName = `${PREFIX}${fingerprint(build.map(({ url, revision }) => `${url} ${revision ?? ""}`).join("\n"))}`;
const urlOf = (path: string): string => new URL(path, worker.registration.scope).href;
const files: ReadonlySet<string> = new Set(build.map(({ url }) => urlOf(url)));

/** FNV-1a, 32 bits: tells builds apart, protects nothing. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16);
}

/** The same answer with the headers of an isolated page; what the host sent stays. */
function isolated(response: Response): Response {
  if (response.type === "opaque" || response.type === "opaqueredirect" || response.status === 0) return response;
  const headers = new Headers(response.headers);
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Embedder-Policy", "require-corp");
  headers.set("Cross-Origin-Resource-Policy", "cross-origin");
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

async function keepBuild(): Promise<void> {
  const cache = await caches.open(cacheName);
  await cache.addAll([...files].map((url) => new Request(url, { cache: "no-cache" })));
}

async function forgetOlderBuilds(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== cacheName).map((name) => caches.delete(name)));
  await worker.clients.claim();
}

async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(cacheName);
  if (request.mode === "navigate") {
    try {
      return isolated(await fetch(request));
    } catch (error) {
      const kept = await cache.match(urlOf("index.html"));
      if (kept === undefined) throw error;
      return isolated(kept);
    }
  }
  const kept = await cache.match(request, { ignoreSearch: true });
  return isolated(kept ?? (await fetch(request)));
}

worker.addEventListener("install", (event) => event.waitUntil(keepBuild()));
worker.addEventListener("activate", (event) => event.waitUntil(forgetOlderBuilds()));
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const own = new URL(request.url).origin === new URL(worker.registration.scope).origin;
  if (request.method === "GET" && own) event.respondWith(answer(request));
});
