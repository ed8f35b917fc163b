import type { Schedule } from "../../abi/schedule";
import { compile, libcFunctions } from "../../libc";
import { createInterpreter, type Outcome } from "../interpreter";
import type { Program } from "../program";
import { createFakeTarget, type FakeTarget, loadProgram } from "./fake-target";

export interface Ran {
  readonly outcome: Outcome;
  readonly stdout: string;
  readonly stderr: string;
  readonly target: FakeTarget;
}

export function mustCompile(source: string, wordBytes: 4 | 8 = 8): Program {
  const result = compile(source, "test.c", wordBytes);
  if (result.ok) return result.value;
  throw new Error(`does not compile: ${JSON.stringify(result.problem.slice(0, 3))}`);
}

/** Compiles and runs over the fake process. */
export function runSource(
  source: string,
  budget = 20_000_000,
  args?: readonly string[],
  schedule?: Schedule,
  seed?: number,
  wordBytes?: 4 | 8,
  input = "",
): Ran {
  const program = mustCompile(source, wordBytes);
  const target = createFakeTarget();
  target.budget = budget;
  target.input = new TextEncoder().encode(input);
  const layout = loadProgram(target, program, args);
  const outcome = createInterpreter(program, target, layout, libcFunctions, schedule, seed).run();
  const text = (fd: number) =>
    target.output
      .filter((piece) => piece.fd === fd)
      .map((piece) => piece.text)
      .join("");
  return { outcome, stdout: text(1), stderr: text(2), target };
}
