import react from "@vitejs/plugin-react";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { chromiumArgs, findChromium } from "./tools/lib/chromium.mjs";

const executablePath = (await findChromium()) ?? undefined;
const isolated = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

/** Tests are named by where they run: x.test.ts in Node, x.browser.test.tsx in Chromium. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "node",
          environment: "node",
          include: ["src/**/*.test.{ts,tsx}", "tools/**/*.test.ts"],
          exclude: ["src/**/*.browser.test.{ts,tsx}", "node_modules/**"],
          setupFiles: ["tools/lib/property-tests.ts"],
          testTimeout: 60_000,
        },
      },
      {
        plugins: [react()],
        server: { headers: isolated },
        test: {
          name: "browser",
          include: ["src/**/*.browser.test.{ts,tsx}"],
          testTimeout: 30_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: { args: [...chromiumArgs], ...(executablePath ? { executablePath } : {}) } }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
    ],
  },
});
