/** The driver as a process that is asked one call after the other. */
import { spawn } from "node:child_process";
import type { VmOperation } from "../../src/headless/vm/recording";
import { type Answer, readAnswer } from "./answer";

export interface LiveProcess {
  /** What it said before the first call. */
  readonly start: Answer;
  call(op: VmOperation["op"]): Promise<Answer>;
  /** Settles when it is gone, and all that it has forked. */
  end(): Promise<void>;
}

const END = "\nend\n";

/** Rejects when the process dies. */
export async function startProcess(program: string, args: readonly string[]): Promise<LiveProcess> {
  const child = spawn(program, [...args], { stdio: ["pipe", "pipe", "pipe"] });
  let text = "";
  let complaint = "";
  let waiting: { readonly resolve: (answer: string) => void; readonly reject: (error: Error) => void } | null = null;
  let dead: Error | null = null;
  const serve = (): void => {
    const at = text.indexOf(END);
    if (waiting === null || (at < 0 && dead === null)) return;
    const { resolve, reject } = waiting;
    waiting = null;
    if (at < 0) return reject(dead ?? new Error("no answer"));
    const answer = text.slice(0, at);
    text = text.slice(at + END.length);
    resolve(answer);
  };
  child.stdout.setEncoding("latin1").on("data", (data: string) => {
    text += data;
    if (text.endsWith(END)) serve();
  });
  child.stderr.on("data", (data: Buffer) => (complaint += data.toString()));
  child.stdin.on("error", () => {});
  const die = (reason: string): void => {
    dead = new Error(`${reason} ${complaint}`.trim());
    serve();
  };
  child.on("error", (error) => die(error.message));
  const gone = new Promise<void>((resolve) => child.on("close", () => resolve()));
  child.on("close", (code, signal) => die(`the driver ended with ${signal ?? code}`));
  const next = (): Promise<string> =>
    new Promise((resolve, reject) => {
      waiting = { resolve, reject };
      serve();
    });
  return {
    start: readAnswer(await next()),
    call: async (op) => {
      child.stdin.write(`${op.join(" ")}\n`);
      return readAnswer(await next());
    },
    end: () => {
      child.stdin.end();
      return gone;
    },
  };
}
