import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { inRoot } from "./root.mjs";
import { run, runNode } from "./run.mjs";

const usualNames = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];
const usualPaths = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome-stable",
  "/usr/bin/google-chrome",
  "/snap/bin/chromium",
  "/opt/google/chrome/chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe",
];

/** @param {string} file */
function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Playwright's own browser, when it has been downloaded. */
async function playwrightBrowser() {
  if (!existsSync(inRoot("node_modules", "playwright-core"))) return null;
  const { chromium } = await import("playwright-core");
  const file = chromium.executablePath();
  return file && existsSync(file) ? file : null;
}

/**
 * A Chromium on this machine: the variable CHROMIUM, the usual places, Playwright's own. Null when there is none.
 * @returns {Promise<string | null>}
 */
export async function findChromium() {
  const wanted = process.env["CHROMIUM"];
  if (wanted) return isProgram(wanted) ? wanted : null;
  const onPath = (process.env["PATH"] ?? "")
    .split(path.delimiter)
    .flatMap((folder) => usualNames.map((name) => path.join(folder, name)));
  return [...usualPaths, ...onPath].find(isProgram) ?? (await playwrightBrowser());
}

/** Without a kernel sandbox for unprivileged users (containers, root) Chromium only starts with it off. */
export const chromiumArgs = ["--no-sandbox", "--disable-dev-shm-usage"];

function isDebian() {
  return existsSync("/etc/os-release") && /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(readFileSync("/etc/os-release", "utf8"));
}

/** What to tell somebody whose machine has none and where installing did not work. */
export const chromiumAdvice = [
  "No Chromium found, and installing one did not work. Do one of these, then run npm test again:",
  "  npx playwright install chromium                        (any system; needs a network)",
  "  sudo apt-get install chromium fonts-noto-cjk           (Debian, Ubuntu)",
  "  CHROMIUM=/path/to/chrome npm test                      (one that you have already)",
].join("\n");

/**
 * Finds Chromium, else installs it: as root on Debian with its package manager, elsewhere with Playwright.
 * @returns {Promise<{ ok: true, file: string } | { ok: false, reason: string }>}
 */
export async function ensureChromium() {
  const found = await findChromium();
  if (found) return { ok: true, file: found };
  const wanted = process.env["CHROMIUM"];
  if (wanted) return { ok: false, reason: `CHROMIUM=${wanted} is not a program that can be run.` };
  console.error("No Chromium found, installing one …");
  const own = await runNode(["node_modules/playwright/cli.js", "install", "chromium"], { echo: true, timeoutSeconds: 300 });
  if (own.code !== 0 && isDebian() && process.getuid?.() === 0) {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    await run("apt-get", ["update"], { env, echo: true, timeoutSeconds: 120 });
    await run("apt-get", ["install", "-y", "--no-install-recommends", "chromium", "fonts-noto-cjk"], {
      env,
      echo: true,
      timeoutSeconds: 400,
    });
  }
  const now = await findChromium();
  return now ? { ok: true, file: now } : { ok: false, reason: chromiumAdvice };
}
