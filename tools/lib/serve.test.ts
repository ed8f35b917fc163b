import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fileFor, serve } from "./serve.mjs";

const top = mkdtempSync(path.join(os.tmpdir(), "heapglass-serve-"));
const folder = path.join(top, "dist");
beforeAll(() => {
  mkdirSync(path.join(folder, "assets"), { recursive: true });
  writeFileSync(path.join(folder, "index.html"), "<!doctype html>");
  writeFileSync(path.join(folder, "assets", "engine.wasm"), "wasm");
  writeFileSync(path.join(top, "secret.txt"), "secret");
});
afterAll(() => rmSync(top, { recursive: true, force: true }));

test("only files inside the folder are served", () => {
  expect(fileFor(folder, "/")).toBe(path.join(folder, "index.html"));
  expect(fileFor(folder, "/?a#b")).toBe(path.join(folder, "index.html"));
  expect(fileFor(folder, "/assets")).toBeNull();
  for (const hostile of [
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/assets/../../secret.txt",
    "/%",
    "/a%00b",
  ]) {
    expect(fileFor(folder, hostile), hostile).toBeNull();
  }
});

test("the production server isolates the page, names types and forbids what the page does not need", async () => {
  const server = await serve({ folder, port: 0 });
  try {
    const page = await fetch(server.url);
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(page.headers.get("cross-origin-opener-policy")).toBe("same-origin");
    expect(page.headers.get("cross-origin-embedder-policy")).toBe("require-corp");
    expect(page.headers.get("content-security-policy")).toContain("default-src 'self'");
    expect(page.headers.get("x-content-type-options")).toBe("nosniff");
    const wasm = await fetch(`${server.url}assets/engine.wasm`);
    expect(wasm.headers.get("content-type")).toBe("application/wasm");
    expect((await fetch(`${server.url}nothing`)).status).toBe(404);
    expect((await fetch(server.url, { method: "POST" })).status).toBe(405);
  } finally {
    await server.close();
  }
});

test("a host without headers sends none, and a busy port means the next one", async () => {
  const first = await serve({ folder, port: 0, isolated: false });
  const second = await serve({ folder, port: first.port });
  try {
    expect((await fetch(first.url)).headers.get("cross-origin-embedder-policy")).toBeNull();
    expect(second.port).toBeGreaterThan(first.port);
  } finally {
    await first.close();
    await second.close();
  }
});
