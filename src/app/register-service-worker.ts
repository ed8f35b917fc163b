/**
 * Offline use and shared memory on plain hosts; see service-worker.ts. Not in development, and not inside another page, which should not
 * find a worker of ours on its visitors' machines.
 */
export function registerServiceWorker(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator) || window.top !== window) return;
  const register = (): void => {
    // A browser that refuses (private window, file without https) loses nothing but offline use.
    navigator.serviceWorker.register(new URL("service-worker.js", document.baseURI), { scope: "./" }).catch((error: unknown) => {
      globalThis.reportError?.(error);
    });
  };
  // Not before the page has what it needs; it may have loaded before this script came.
  if (document.readyState === "complete") register();
  else window.addEventListener("load", register);
}
