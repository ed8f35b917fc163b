// The steps of npm test. Each one says how many individual tests or checks held.
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { ensureEngine, ensurePage } from "./lib/build.mjs";
import { ensureChromium } from "./lib/chromium.mjs";
import { compareRecordings, recordingsIn } from "./lib/recordings.mjs";
import { inRoot } from "./lib/root.mjs";
import { runNode } from "./lib/run.mjs";
import { seed } from "./lib/seed.mjs";

/** @typedef {import("./lib/steps.mjs").Step} Step */
/** @typedef {import("./lib/steps.mjs").StepResult} StepResult */

const reports = inRoot("build", "reports");
mkdirSync(reports, { recursive: true });

/** A step that takes this long hangs; a busy machine is no reason to fail. */
const HANG_SECONDS = 1200;

/** @type {ReturnType<typeof ensureChromium> | undefined} */
let browser;
const chromium = () => (browser ??= ensureChromium());

/**
 * A check that is a program: it holds when the exit status is 0.
 * @param {string} name
 * @param {readonly (readonly string[])[]} commands Node arguments, one check each
 * @param {(output: string) => string} summary
 * @param {Partial<Step>} [more]
 * @returns {Step}
 */
const programs = (name, commands, summary, more = {}) => ({
  name,
  ...more,
  async run() {
    let failed = 0;
    let details = "";
    let output = "";
    for (const command of commands) {
      const outcome = await runNode(command, { timeoutSeconds: HANG_SECONDS });
      output += outcome.stdout + outcome.stderr;
      if (outcome.code === 0) continue;
      failed++;
      details += `${outcome.stdout}${outcome.stderr}`;
    }
    return { passed: commands.length - failed, failed, summary: failed > 0 ? "see below" : summary(output), details };
  },
});

/** @param {string} text */
const lastLine = (text) => text.trimEnd().split("\n").at(-1) ?? "";

/**
 * Vitest's own count of one project.
 * @param {string} project
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<StepResult>}
 */
async function vitest(project, env = {}) {
  const report = `${reports}/vitest-${project}.json`;
  rmSync(report, { force: true });
  const outcome = await runNode(
    [
      "node_modules/vitest/vitest.mjs",
      "run",
      "--project",
      project,
      "--reporter=json",
      `--outputFile=${report}`,
      "--passWithNoTests",
    ],
    { env: { ...process.env, ...env }, timeoutSeconds: HANG_SECONDS },
  );
  if (!existsSync(report)) return { passed: 0, failed: 1, summary: "no report", details: outcome.stdout + outcome.stderr };
  /** @type {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, testResults: { name: string, status: string, message: string, assertionResults: { fullName: string, status: string, failureMessages: string[] }[] }[] }} */
  const result = JSON.parse(readFileSync(report, "utf8"));
  const broken = result.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.every((each) => each.status !== "failed"),
  );
  let failed = result.numFailedTests + broken.length;
  let details = broken.map((file) => `${file.name}: ${file.message}\n`).join("");
  for (const file of result.testResults) {
    for (const each of file.assertionResults) {
      if (each.status === "failed")
        details += `${file.name}\n${each.fullName}\n${each.failureMessages.join("\n").slice(0, 1500)}\n`;
    }
  }
  if (outcome.code !== 0 && failed === 0) {
    failed = 1;
    details = outcome.stderr || outcome.stdout;
  }
  const skipped = result.testResults.flatMap((file) =>
    file.assertionResults.filter((each) => each.status === "skipped" || each.status === "pending").map((each) => each.fullName),
  );
  return {
    passed: result.numPassedTests,
    failed,
    skipped,
    summary: `${result.numPassedTests} tests in ${result.testResults.length} files, seed ${seed}`,
    details,
  };
}

/** @returns {Promise<StepResult>} */
async function playwright() {
  const found = await chromium();
  if (!found.ok) return { passed: 0, failed: 1, summary: "no Chromium", details: found.reason };
  const report = `${reports}/playwright.json`;
  rmSync(report, { force: true });
  const outcome = await runNode(["node_modules/@playwright/test/cli.js", "test", "--reporter=json"], {
    env: { ...process.env, CHROMIUM: found.file, PLAYWRIGHT_JSON_OUTPUT_NAME: report, NO_COLOR: "1", FORCE_COLOR: "0" },
    timeoutSeconds: HANG_SECONDS,
  });
  if (!existsSync(report)) return { passed: 0, failed: 1, summary: "no report", details: outcome.stdout + outcome.stderr };
  /** @typedef {{ title: string, suites?: Suite[], specs?: { title: string, file: string, line: number, tests: { status: string, results: { error?: { message: string } }[] }[] }[] }} Suite */
  /** @type {{ suites: Suite[], errors: { message: string }[], stats: { expected: number, unexpected: number, flaky: number, skipped: number } }} */
  const result = JSON.parse(readFileSync(report, "utf8"));
  /** @param {Suite} suite @returns {NonNullable<Suite["specs"]>} */
  const specsOf = (suite) => [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specsOf)];
  const specs = result.suites.flatMap(specsOf);
  const bad = specs.filter((spec) => spec.tests.some((each) => each.status === "unexpected"));
  const skipped = specs.filter((spec) => spec.tests.some((each) => each.status === "skipped")).map((spec) => spec.title);
  const details = [
    ...result.errors.map((each) => each.message),
    ...bad.map(
      (spec) =>
        `${spec.file}:${spec.line} ${spec.title}\n${spec.tests
          .flatMap((each) => each.results.map((one) => one.error?.message ?? ""))
          .at(-1)
          ?.slice(0, 1500)}`,
    ),
  ].join("\n");
  const { expected, unexpected, flaky } = result.stats;
  const failed = unexpected + flaky + (result.errors.length > 0 || (outcome.code !== 0 && unexpected === 0) ? 1 : 0);
  return {
    passed: expected,
    failed,
    skipped,
    summary: `${expected} specs in Chromium, screenshots in artifacts/screens`,
    details,
  };
}

/**
 * A comparison with this machine's own glibc or kernel: its last line is the verdict, lines before it may say what was left out and why.
 * @param {string} name
 * @param {string} tool
 * @param {string[]} [after]
 * @returns {Step}
 */
const live = (name, tool, after = []) => ({
  name,
  after,
  async run() {
    const outcome = await runNode(["--import", "tsx", tool], { timeoutSeconds: HANG_SECONDS });
    const lines = outcome.stdout.trimEnd().split("\n");
    const skipped = lines.filter((line) => line.startsWith("skipped: ")).map((line) => line.slice(9));
    const summary = lastLine(outcome.stdout);
    if (outcome.code === 0 && summary.startsWith("skipped: ")) return { passed: 0, failed: 0, skipped, summary };
    const ok = outcome.code === 0;
    return { passed: Number(ok), failed: Number(!ok), skipped, summary, details: outcome.stdout + outcome.stderr };
  },
});

const tsc = "node_modules/typescript7/bin/tsc";

/** @type {readonly Step[]} */
export const steps = [
  {
    name: "engine",
    async run() {
      const { ok, built, output } = await ensureEngine();
      return { passed: Number(ok), failed: Number(!ok), summary: built ? "built" : "up to date", details: output };
    },
  },
  {
    name: "page",
    after: ["engine"],
    async run() {
      const { ok, built, output } = await ensurePage();
      return { passed: Number(ok), failed: Number(!ok), summary: built ? "built" : "up to date", details: output };
    },
  },
  {
    name: "goldens",
    after: ["engine"],
    run: () => {
      const files = recordingsIn(inRoot("goldens", "ptmalloc"));
      // They are beginnings of the recordings beside the clone: where those are run whole, a part of these shows that packing kept them.
      const whole = existsSync(inRoot("..", "shared", "golden", "ptmalloc"));
      return compareRecordings(whole ? files.filter((file) => /(edge|small|misuse-0)[^/]*$/.test(file)) : files);
    },
  },
  {
    name: "recordings",
    after: ["engine"],
    async run() {
      const folder = inRoot("..", "shared", "golden", "ptmalloc");
      if (!existsSync(folder))
        return { passed: 0, failed: 0, skipped: ["no ../shared/golden beside this clone"], summary: "no ../shared/golden" };
      return compareRecordings(recordingsIn(folder), { sparse: true });
    },
  },
  programs(
    "types",
    [
      [tsc, "-p", "tsconfig.json"],
      [tsc, "-p", "tsconfig.core.json"],
      [tsc, "-p", "tsconfig.engine.json"],
    ],
    () => "strict; core without DOM",
  ),
  programs("lint", [["node_modules/oxlint/bin/oxlint", "--type-aware", "--deny-warnings"]], lastLine),
  programs(
    "format",
    [["node_modules/@biomejs/biome/bin/biome", "ci", "--colors=off", "--reporter=summary", "."]],
    () => "formatted",
  ),
  programs("architecture", [["tools/check-architecture.mjs"]], lastLine),
  programs("knip", [["node_modules/knip/bin/knip.js"]], () => "nothing unused"),
  { name: "unit", after: ["engine"], run: () => vitest("node") },
  {
    name: "budgets",
    after: ["page"],
    async run() {
      const { stdout, stderr } = await runNode(["tools/check-budgets.mjs"]);
      const lines = stdout.trim().split("\n");
      const held = lines.filter((line) => !line.endsWith("✗")).length;
      return { passed: held, failed: lines.length - held, summary: lines.join(", "), details: stderr };
    },
  },
  live("live", "tools/live/main.ts", ["engine"]),
  live("live-vm", "tools/live-vm/main.ts"),
  {
    name: "browser",
    after: ["engine"],
    async run() {
      const found = await chromium();
      if (!found.ok) return { passed: 0, failed: 1, summary: "no Chromium", details: found.reason };
      return vitest("browser", { CHROMIUM: found.file });
    },
  },
  { name: "e2e", after: ["page"], run: playwright },
];
