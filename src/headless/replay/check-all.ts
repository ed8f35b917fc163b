/** Checks many recordings, several at once: each helper process has a machine of its own and takes the next file when it is done. */
import { fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { loadEngine } from "../engine-module";
import { createChecker, type Hashing, type Verdict } from "./check";

/** What a helper process is told and what it answers (check-process.ts). */
export type Request = { readonly file: string; readonly hashing: Hashing };

/** Starting a process costs as much as checking about this many files. */
const FILES_A_PROCESS = 8;

/** Reports every file's verdict, in the order of the files. */
export async function checkAll(files: readonly string[], hashing: Hashing, report: (verdict: Verdict) => void): Promise<void> {
  const module = await loadEngine();
  const processes = Math.min(availableParallelism(), Math.floor(files.length / FILES_A_PROCESS));
  if (processes < 2) {
    const check = createChecker(module, hashing);
    for (const file of files) report(await check(file));
    return;
  }
  const verdicts: Verdict[] = [];
  let reported = 0;
  const done = (index: number, verdict: Verdict): void => {
    verdicts[index] = verdict;
    for (let next = verdicts[reported]; next !== undefined; next = verdicts[++reported]) report(next);
  };
  const queue = files.entries();
  await Promise.all(Array.from({ length: processes }, () => runProcess(queue, hashing, done)));
}

/** One helper process, until the queue is empty. Rejects when it dies with a file in hand. */
function runProcess(
  queue: IterableIterator<[number, string]>,
  hashing: Hashing,
  done: (index: number, verdict: Verdict) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL("./check-process.ts", import.meta.url)));
    let inHand: readonly [number, string] | undefined;
    const next = (): void => {
      const { value } = queue.next();
      inHand = value as typeof inHand;
      if (inHand === undefined) child.disconnect();
      else child.send({ file: inHand[1], hashing } satisfies Request);
    };
    child.on("message", (verdict: Verdict) => {
      if (inHand !== undefined) done(inHand[0], verdict);
      next();
    });
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      if (inHand === undefined) resolve();
      else reject(new Error(`the process checking ${inHand[1]} ended with ${signal ?? code}`));
    });
    next();
  });
}
