/** Options of `run`. */
import { overcommitModes } from "../abi/linux";
import { parseSchedule, scheduleText } from "../abi/schedule";
import { defaultMachine, type MachineSettings } from "../scenario/scenario";
import { parseKernel } from "./kernel-option";
import { type ProcName, procNames } from "../abi/proc-texts";
import { UsageError } from "./usage";

export const runUsage =
  "run FILE.c [--glibc V] [--abi amd64|i386] [--layout L] [--no-pie] [--kernel K] [--cores N] [--ram MIB] [--paging 4|5] [--loading] [--overcommit 0|1|2] [--schedule S] [--seed N] [--aslr] [--stdin F] [--budget N] [--maps] [--proc NAME,…] [--heap] [--trace] [--tlb] [-- ARGS]";

export interface RunOptions {
  readonly file: string;
  readonly machine: Omit<MachineSettings, "stdin">;
  readonly stdinFile: string | null;
  /** Engine steps. */
  readonly budget: number;
  readonly maps: boolean;
  /** Texts of /proc and of tools to print after the run. */
  readonly proc: readonly ProcName[];
  readonly heap: boolean;
  readonly trace: boolean;
  /** Hits and misses of the modelled TLB. */
  readonly tlb: boolean;
}

/** Enough for any teaching program, and an end for one that never ends. */
const DEFAULT_BUDGET = 1_000_000_000;
/** Layouts by the names of the recordings: `-3` is a 3 GiB address space, `-L` a bottom-up one. */
const layouts: ReadonlyMap<string, Pick<MachineSettings, "abi" | "layout">> = new Map([
  ["amd64", { abi: "amd64" }],
  ["amd64-L", { abi: "amd64", layout: "legacy" }],
  ["i386", { abi: "i386" }],
  ["i386-L", { abi: "i386", layout: "legacy" }],
  ["i386-3", { abi: "i386", layout: "3g" }],
  ["i386-3-L", { abi: "i386", layout: "3g-legacy" }],
]);

/** Width and layout: the layout's name says both. */
function widthAndLayout(abi: string | undefined, layout: string | undefined): Pick<MachineSettings, "abi" | "layout"> {
  if (abi !== undefined && abi !== "amd64" && abi !== "i386") throw new UsageError(`unknown abi ${abi}`);
  const chosen = layouts.get(layout ?? abi ?? defaultMachine.abi);
  if (chosen === undefined) throw new UsageError(`unknown layout ${layout}; known: ${[...layouts.keys()].join(" ")}`);
  if (abi !== undefined && abi !== chosen.abi) throw new UsageError(`layout ${layout} is not one of ${abi}`);
  return chosen;
}

function count(name: string, text: string): number {
  const value = /^(0x[0-9a-f]+|[0-9]+)$/i.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw new UsageError(`${name} needs a number, not ${text}`);
  return value;
}

export function parseRunOptions(args: readonly string[], environment: Readonly<Record<string, string | undefined>>): RunOptions {
  const end = args.indexOf("--");
  const own = end < 0 ? args : args.slice(0, end);
  const flags = new Set<string>();
  const values = new Map<string, string>();
  const files: string[] = [];
  for (let i = 0; i < own.length; i++) {
    const arg = own[i] ?? "";
    if (["--aslr", "--no-pie", "--loading", "--maps", "--heap", "--trace", "--tlb"].includes(arg)) flags.add(arg);
    else if (
      [
        "--glibc",
        "--abi",
        "--layout",
        "--kernel",
        "--cores",
        "--ram",
        "--paging",
        "--overcommit",
        "--proc",
        "--schedule",
        "--seed",
        "--stdin",
        "--budget",
      ].includes(arg)
    ) {
      const value = own[++i];
      if (value === undefined) throw new UsageError(`${arg} needs a value`);
      values.set(arg, value);
    } else if (arg.startsWith("--")) throw new UsageError(`unknown option ${arg}`);
    else files.push(arg);
  }
  const [file, ...others] = files;
  if (file === undefined || others.length > 0) throw new UsageError("run needs one file");
  const seed = count("--seed", values.get("--seed") ?? String(defaultMachine.seed));
  if (seed > 0xffff_ffff) throw new UsageError("--seed needs a number below 2^32");
  const cores = count("--cores", values.get("--cores") ?? String(defaultMachine.cores));
  if (cores < 1 || cores > 1024) throw new UsageError("--cores needs a number from 1 to 1024");
  const ram = values.get("--ram");
  const ramMiB = ram === undefined ? null : count("--ram", ram);
  if (ramMiB !== null && (ramMiB < 16 || ramMiB > 2 ** 20))
    throw new UsageError("--ram needs a number of MiB from 16 to 1048576");
  const paging = values.get("--paging") ?? "4";
  if (paging !== "4" && paging !== "5") throw new UsageError("--paging is 4 or 5");
  const overcommit = overcommitModes.find((mode) => String(mode) === (values.get("--overcommit") ?? "0"));
  if (overcommit === undefined) throw new UsageError("--overcommit is 0, 1 or 2");
  const schedule = parseSchedule(values.get("--schedule") ?? scheduleText(defaultMachine.schedule));
  if (schedule === null) throw new UsageError("--schedule is run, random, turns:N or a list of turns such as 0:3,1:2,1@malloc");
  return {
    file,
    machine: {
      glibc: values.get("--glibc") ?? defaultMachine.glibc,
      ...widthAndLayout(values.get("--abi"), values.get("--layout")),
      ...(flags.has("--no-pie") ? { pie: false } : {}),
      kernel: parseKernel(values.get("--kernel") ?? defaultMachine.kernel),
      aslr: flags.has("--aslr"),
      seed,
      cores,
      ...(ramMiB === null ? {} : { ramMiB }),
      ...(overcommit === 0 ? {} : { overcommit }),
      ...(flags.has("--loading") ? { loading: true } : {}),
      ...(paging === "5" ? { pagingLevels: 5 as const } : {}),
      schedule,
      environment: mallocVariables(environment),
      args: end < 0 ? [] : args.slice(end + 1),
    },
    stdinFile: values.get("--stdin") ?? null,
    budget: count("--budget", values.get("--budget") ?? String(DEFAULT_BUDGET)),
    maps: flags.has("--maps"),
    proc: procOf(values.get("--proc")),
    heap: flags.has("--heap"),
    trace: flags.has("--trace"),
    tlb: flags.has("--tlb"),
  };
}

function procOf(list: string | undefined): readonly ProcName[] {
  return (list?.split(",") ?? []).map((text) => {
    const name = procNames.find((known) => known === text);
    if (name === undefined) throw new UsageError(`--proc knows ${procNames.join(" ")}, not ${text}`);
    return name;
  });
}

/** The caller's environment as far as malloc reads it: `GLIBC_TUNABLES=… npm run headless -- run f.c` does what it does for a real program. */
function mallocVariables(environment: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  const relevant = Object.entries(environment).flatMap(([name, value]) =>
    value !== undefined && (name === "GLIBC_TUNABLES" || /^MALLOC_[A-Z_]+$/.test(name)) ? [[name, value] as const] : [],
  );
  return Object.fromEntries(relevant);
}
