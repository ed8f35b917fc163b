import { spawn } from "node:child_process";
import { root } from "./root.mjs";

/**
 * @typedef {object} Outcome
 * @property {number} code exit status; 128 + n when it died by signal n, 124 when it ran out of time
 * @property {string} stdout
 * @property {string} stderr
 */

/**
 * Runs a program and keeps what it prints. Never rejects: a program that cannot be started ends with status 127.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutSeconds?: number, input?: string, echo?: boolean }} [options]
 *   echo: show the output on stderr while it comes
 * @returns {Promise<Outcome>}
 */
export function run(program, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, [...args], { cwd: options.cwd ?? root, env: options.env ?? process.env, stdio: "pipe" });
    /** @type {Buffer[]} */
    const out = [];
    /** @type {Buffer[]} */
    const err = [];
    let timedOut = false;
    const timer = setTimeout(
      () => {
        timedOut = true;
        child.kill("SIGKILL");
      },
      (options.timeoutSeconds ?? 600) * 1000,
    );
    /** @param {number} code */
    const finish = (code) => {
      clearTimeout(timer);
      resolve({ code: timedOut ? 124 : code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() });
    };
    child.stdout.on("data", (/** @type {Buffer} */ data) => {
      out.push(data);
      if (options.echo) process.stderr.write(data);
    });
    child.stderr.on("data", (/** @type {Buffer} */ data) => {
      err.push(data);
      if (options.echo) process.stderr.write(data);
    });
    child.on("error", (error) => {
      err.push(Buffer.from(`${program}: ${error.message}\n`));
      finish(127);
    });
    child.on("close", (code, signal) => finish(code ?? (signal === "SIGABRT" ? 134 : 137)));
    child.stdin.on("error", () => {}); // a program may end before it has read everything
    child.stdin.end(options.input ?? "");
  });
}

/**
 * Runs a Node program of this clone (a tool's JavaScript entry, without npx and its look-ups).
 * @param {readonly string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export const runNode = (args, options) => run(process.execPath, args, options);
