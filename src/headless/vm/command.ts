/** `vm [--json] FILE` and `vm --check FILE…`. */
import type { KernelRelease } from "../../abi/linux";
import { type ExitStatus, UsageError } from "../usage";
import { takeKernel } from "../kernel-option";
import { createVmChecker } from "./check";
import { createVmHost } from "./host";
import { createVmPlayer } from "./player";
import { readVmRecording, type VmOperation } from "./recording";

export const vmUsage = "vm [--kernel K] [--json] FILE\nvm [--kernel K] --check FILE…";

type Print = (line: string) => void;

export async function vmCommand(given: readonly string[], print: Print): Promise<ExitStatus> {
  const { kernel, args } = takeKernel(given);
  const flags = new Set(args.filter((arg) => arg.startsWith("--")));
  const files = args.filter((arg) => !arg.startsWith("--"));
  for (const flag of flags) if (flag !== "--json" && flag !== "--check") throw new UsageError(`unknown option ${flag}`);
  if (flags.has("--check")) {
    if (files.length === 0 || flags.has("--json")) throw new UsageError(vmUsage);
    return checkFiles(files, kernel, print);
  }
  const [file, ...rest] = files;
  if (file === undefined || rest.length > 0) throw new UsageError(vmUsage);
  return playFile(file, kernel, flags.has("--json"), print);
}

async function playFile(file: string, kernel: KernelRelease, json: boolean, print: Print): Promise<ExitStatus> {
  const { header, operations } = await readVmRecording(file);
  const player = createVmPlayer(createVmHost().restart(), header, kernel);
  for (const operation of operations) {
    const line = player.play(operation);
    print(json ? JSON.stringify(line) : summary(line));
  }
  return 0;
}

/** One operation for people: what was asked, what came back. */
function summary({ i, op, r, e, sig, flt }: VmOperation): string {
  const signal = sig === undefined ? "" : ` signal ${sig[0]} code ${sig[1]} at ${sig[2]}`;
  return `${i}\t${op.join(" ")}\t${e ?? r}${signal}${flt === 0 ? "" : ` faults ${flt}`}`;
}

async function checkFiles(files: readonly string[], kernel: KernelRelease, print: Print): Promise<ExitStatus> {
  const check = createVmChecker(kernel);
  let operations = 0;
  let equal = 0;
  let failed = false;
  for (const file of files) {
    const verdict = await check(file);
    operations += verdict.operations;
    equal += verdict.equal;
    failed ||= verdict.failed;
    print(verdict.line);
  }
  print(`checked ${files.length} files, ${operations} operations, ${equal} equal`);
  return failed ? 1 : 0;
}
