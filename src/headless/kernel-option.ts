/** `--kernel K`: which kernel the process runs on. */
import { type KernelRelease, kernelReleases } from "../abi/linux";
import { UsageError } from "./usage";

export function parseKernel(text: string): KernelRelease {
  const kernel = kernelReleases.find((release) => release === text);
  if (kernel === undefined) throw new UsageError(`unknown kernel ${text}; known: ${kernelReleases.join(" ")}`);
  return kernel;
}

/** Takes the option out of a command's arguments. */
export function takeKernel(args: readonly string[]): { readonly kernel: KernelRelease; readonly args: readonly string[] } {
  const at = args.indexOf("--kernel");
  if (at < 0) return { kernel: "6.1+", args };
  return { kernel: parseKernel(args[at + 1] ?? ""), args: args.filter((_, index) => index !== at && index !== at + 1) };
}
