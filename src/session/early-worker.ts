/**
 * The worker of the page's first session, made before the page itself is: it is fetched and compiled while the page's own script still is. A
 * browser starts a worker from the main thread, which has none to spare once the page draws itself.
 */

function createWorker(): Worker {
  return new Worker(new URL("../worker/entry.ts", import.meta.url), { type: "module", name: "heapglass" });
}

let early: Worker | null = null;

/** Makes the worker that the first session will take. */
export function startEarly(): void {
  const worker = createWorker();
  early = worker;
  // Whoever takes a worker hears of its failures; one that failed before is made again, to fail in somebody's hearing.
  worker.addEventListener("error", () => {
    if (early === worker) early = null;
  });
}

/** The early worker, once; a new one afterwards. */
export function takeWorker(): Worker {
  const worker = early ?? createWorker();
  early = null;
  return worker;
}
