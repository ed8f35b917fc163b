/** The command-line runner: `npm run --silent headless -- COMMAND …`. Exit status 0 ok, 1 difference or failure, 2 usage. */
import { benchCommand, benchUsage } from "./bench";
import { replayCommand, replayUsage } from "./replay/command";
import { runCommand, runUsage } from "./run";
import { type ExitStatus, InputError, UsageError } from "./usage";
import { vmCommand, vmUsage } from "./vm/command";

const usage = ["usage: headless COMMAND", replayUsage, vmUsage, runUsage, benchUsage].join("\n").replaceAll("\n", "\n  ");

/** Lines are gathered and written in large pieces: a recording has thousands. */
function lineWriter(): { print: (line: string) => void; flush: () => void } {
  let pending: string[] = [];
  const flush = (): void => {
    if (pending.length > 0) process.stdout.write(`${pending.join("\n")}\n`);
    pending = [];
  };
  return {
    flush,
    print: (line) => {
      pending.push(line);
      if (pending.length >= 256) flush();
    },
  };
}

type Command = (args: readonly string[], print: (line: string) => void) => Promise<ExitStatus>;

const commands: ReadonlyMap<string, Command> = new Map([
  ["replay", replayCommand],
  ["vm", vmCommand],
  ["run", runCommand],
  ["bench", benchCommand],
]);

async function main(): Promise<ExitStatus> {
  const [name, ...args] = process.argv.slice(2);
  const output = lineWriter();
  try {
    const command = commands.get(name ?? "");
    if (command === undefined) throw new UsageError(name === undefined ? "no command" : `unknown command ${name}`);
    return await command(args, output.print);
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}\n${usage}\n`);
      return 2;
    }
    if (!(error instanceof InputError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  } finally {
    output.flush();
  }
}

process.exitCode = await main();
