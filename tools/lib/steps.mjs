import { cpus } from "node:os";

/**
 * @typedef {object} StepResult Counts of individual tests or checks, a line to show, and details shown when something failed.
 * @property {number} passed
 * @property {number} failed
 * @property {readonly string[]} [skipped] one reason each
 * @property {string} summary
 * @property {string} [details]
 *
 * @typedef {object} Step
 * @property {string} name
 * @property {readonly string[]} [after] steps that must have succeeded first; when one failed this step is not run and counts as failed
 * @property {boolean} [alone] measures time or drives a browser: nothing else runs beside it
 * @property {() => Promise<StepResult>} run
 *
 * @typedef {StepResult & { name: string, seconds: number }} Finished
 */

/**
 * Runs steps as soon as what they need is done, at most one a core, and reports each when it ends.
 * @param {readonly Step[]} steps
 * @param {(finished: Finished) => void} report
 * @param {number} lanes
 * @returns {Promise<readonly Finished[]>}
 */
export async function runSteps(steps, report, lanes = Math.min(Math.max(cpus().length, 2), 4)) {
  /** @type {Map<string, Finished>} */
  const done = new Map();
  /** @type {Map<string, Promise<void>>} */
  const running = new Map();
  const waiting = [...steps];
  let alone = false;

  /** @param {Step} step */
  const start = async (step) => {
    const began = performance.now();
    const broken = (step.after ?? []).find((name) => (done.get(name)?.failed ?? 0) > 0);
    /** @type {StepResult} */
    let result;
    if (broken) result = { passed: 0, failed: 1, summary: `not run: ${broken} failed` };
    else {
      try {
        result = await step.run();
      } catch (error) {
        result = {
          passed: 0,
          failed: 1,
          summary: "could not run",
          details: error instanceof Error ? (error.stack ?? error.message) : String(error),
        };
      }
    }
    const finished = { ...result, name: step.name, seconds: (performance.now() - began) / 1000 };
    done.set(step.name, finished);
    running.delete(step.name);
    if (step.alone) alone = false;
    report(finished);
  };

  while (waiting.length > 0 || running.size > 0) {
    const next = waiting.findIndex(
      (step) => (step.after ?? []).every((name) => done.has(name)) && (!step.alone || running.size === 0),
    );
    const step = waiting[next];
    if (step && !alone && running.size < lanes) {
      waiting.splice(next, 1);
      alone = step.alone ?? false;
      running.set(
        step.name,
        Promise.resolve().then(() => start(step)), // never done before it stands in the table
      );
    } else if (running.size > 0) await Promise.race(running.values());
    else throw new Error(`steps wait for each other: ${waiting.map((each) => each.name).join(", ")}`);
  }
  return steps.flatMap((step) => done.get(step.name) ?? []);
}
