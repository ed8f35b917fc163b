/** The C driver, built for this machine: whether it can record here what the engine is to equal. */
import path from "node:path";
import { glibcSymbols } from "../../src/abi/glibc-symbols";
import { inRoot } from "../lib/root.mjs";
import { run } from "../lib/run.mjs";
import type { Target } from "./flavours";

export const GLIBC = "2.36";

/** The driver and where the machine's glibc keeps its state, or why the comparison cannot be made. */
export type Driver =
  | { readonly skip: string }
  | { readonly skip: null; readonly program: string; readonly args: readonly string[] };

type Answer = Readonly<Record<"version" | "libc" | "arena" | "mp" | "key", string>>;

const width = { amd64: "-m64", i386: "-m32" } as const;

export async function buildDriver({ abi }: Target, folder: string): Promise<Driver> {
  if (process.platform !== "linux" || process.arch !== "x64")
    return { skip: `needs Linux on x86-64, this is ${process.platform} ${process.arch}` };
  if ((await run("gcc", ["--version"])).code !== 0) return { skip: "no gcc" };
  const program = path.join(folder, `driver-${abi}`);
  const options = [width[abi], "-O2", "-fno-builtin", "-pthread", "-Wall", "-Wno-use-after-free", "-o", program];
  const compiled = await run("gcc", [...options, inRoot("tools", "live", "driver", "driver.c")]);
  if (compiled.code !== 0) {
    const why = compiled.stderr.split("\n").find((line) => /error|cannot/.test(line)) ?? compiled.stderr.split("\n")[0];
    return { skip: `gcc ${width[abi]} cannot build the driver: ${why?.trim()}` };
  }
  const answer = await run(program, ["--probe"], { timeoutSeconds: 10 });
  if (answer.code !== 0) return { skip: `the driver does not run here: ${answer.stderr.trim() || `status ${answer.code}`}` };
  const { version, libc, arena, mp, key } = JSON.parse(answer.stdout) as Answer;
  if (version !== GLIBC) return { skip: `this machine has glibc ${version}, not ${GLIBC}` };
  const offset = (address: string): number => Number(address) - Number(libc);
  const build = glibcSymbols.find(
    (known) =>
      known.glibc === GLIBC &&
      known.abi === abi &&
      known.mainArena === offset(arena) &&
      known.mp === offset(mp) &&
      known.tcacheKey === offset(key),
  );
  if (build === undefined)
    return { skip: `another build of glibc ${GLIBC}: main_arena at libc + 0x${offset(arena).toString(16)}` };
  const freeList = (Number(libc) + build.freeList).toString(16);
  return { skip: null, program, args: [...[arena, mp, key, libc].map((address) => address.slice(2)), freeList] };
}
