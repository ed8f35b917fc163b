import { defineConfig } from "@playwright/test";
import { chromiumArgs, findChromium } from "./tools/lib/chromium.mjs";

const executablePath = (await findChromium()) ?? undefined;

/** End-to-end tests: the production build in real Chromium. e2e/servers.ts serves it with and without the isolation headers. */
export default defineConfig({
  testDir: "e2e",
  globalSetup: "./e2e/servers.ts",
  outputDir: "artifacts/e2e",
  fullyParallel: true,
  workers: 2,
  timeout: 30_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
  reporter: [["list"]],
  use: {
    viewport: { width: 1440, height: 900 },
    colorScheme: "light",
    locale: "en-US",
    serviceWorkers: "block", // e2e/service-worker.spec.ts lets it in
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: { args: [...chromiumArgs], ...(executablePath ? { executablePath } : {}) },
  },
});
