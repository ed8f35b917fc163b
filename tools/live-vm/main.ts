/**
 * Live differential of the kernel: random system calls, never recorded before, made on this machine's own Linux by a small driver; results,
 * mappings, faults, signals, sizes and states of pages must equal the simulator's.
 *
 *   HEAPGLASS_SEED   base seed      HEAPGLASS_CALLS   how many calls at least
 */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, rmSync, statfsSync, writeFileSync, writeSync } from "node:fs";
import os from "node:os";
import { setTimeout } from "node:timers/promises";
import path from "node:path";
import { createVmChecker } from "../../src/headless/vm/check";
import { inRoot } from "../lib/root.mjs";
import { run } from "../lib/run.mjs";
import { seed } from "../lib/seed.mjs";
import { random } from "../live/random";
import { type Answer, recordingLine, statusNames } from "./answer";
import { Family } from "./family";
import { startProcess } from "./process";
import { chooseCall, type Flavour, flavours } from "./script";

const wanted = Number(process.env["HEAPGLASS_CALLS"] ?? 14_400);
const CALLS_A_SCRIPT = 200;
/** Mapped files stand in a file system whose faults were recorded: ext4. */
const EXT_MAGIC = 0xef53;

const folder = inRoot("build", "live-vm");
const files = [
  ["A", 1 << 20],
  ["B", 163_940],
] as const;
const paths = files.map(([name]) => path.join(folder, name));

interface Layout {
  readonly name: string;
  /** Arguments of setarch. */
  readonly personality: readonly string[];
  readonly compiler: readonly string[];
}

const fixedPlace = ["-fno-pie", "-no-pie"];
const anyPlace = ["-fpie", "-static-pie", "-Wl,--no-dynamic-linker"];
const wide = ["x86_64", "-R"];
const narrow = ["i686", "-R", "-3"];
const layouts: readonly Layout[] = [
  { name: "amd64", personality: wide, compiler: fixedPlace },
  { name: "amd64-L", personality: [...wide, "-L"], compiler: fixedPlace },
  { name: "amd64-pie", personality: wide, compiler: anyPlace },
  { name: "amd64-L-pie", personality: [...wide, "-L"], compiler: anyPlace },
  { name: "i386-3", personality: narrow, compiler: ["-m32", ...fixedPlace] },
  { name: "i386-3-L", personality: [...narrow, "-L"], compiler: ["-m32", ...fixedPlace] },
  { name: "i386-3-pie", personality: narrow, compiler: ["-m32", ...anyPlace] },
  { name: "i386-3-L-pie", personality: [...narrow, "-L"], compiler: ["-m32", ...anyPlace] },
];

const read = (file: string): string => readFileSync(file, "utf8").trim();
const numberIn = (file: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s*(\\d+)`, "m").exec(read(file))?.[1] ?? 0);

/** A soft limit of this process, which the driver inherits; −1 is none. */
function softLimit(name: string): number {
  const value = new RegExp(`^${name}\\s+(\\S+)`, "m").exec(read("/proc/self/limits"))?.[1] ?? "unlimited";
  return value === "unlimited" ? -1 : Number(value);
}

/** What the comparison depends on: it goes into the recordings' headers. */
function machineFacts() {
  return {
    rlimit_stack: softLimit("Max stack size"),
    kernel: os.release(),
    thp: read("/sys/kernel/mm/transparent_hugepage/enabled"),
    overcommit: Number(read("/proc/sys/vm/overcommit_memory")),
    ram_kb: numberIn("/proc/meminfo", "MemTotal") + numberIn("/proc/meminfo", "SwapTotal"),
    max_map_count: Number(read("/proc/sys/vm/max_map_count")),
    root: process.getuid?.() === 0,
  };
}

type Facts = ReturnType<typeof machineFacts>;

/** Why nothing can be compared on this machine; null when it can. */
async function obstacle(): Promise<string | null> {
  if (process.platform !== "linux" || process.arch !== "x64")
    return `needs Linux on x86-64, this is ${process.platform} ${process.arch}`;
  if ((await run("gcc", ["--version"])).code !== 0) return "no gcc";
  const [major = 0, minor = 0] = os.release().split(".").map(Number);
  if (major < 6 || (major === 6 && minor < 18)) return `the simulated rules are those of Linux 6.18, this is ${os.release()}`;
  if (softLimit("Max data size") >= 0 || softLimit("Max address space") >= 0)
    return "data size or address space is limited (ulimit)";
  const { overcommit } = machineFacts();
  return overcommit === 2 ? "vm.overcommit_memory is 2: what may be promised depends on the other processes" : null;
}

/** A file in pieces of a page: written at once, the page cache would hold it in larger ones that are dirty as a whole. */
function writePages(file: string, bytes: number): void {
  const descriptor = openSync(file, "w");
  for (let left = bytes; left > 0; left -= 4096) writeSync(descriptor, new Uint8Array(Math.min(left, 4096)));
  closeSync(descriptor);
}

/** Pages of a file that was just written count as dirty until it is on the disk. */
function writeBack(file: string): void {
  const descriptor = openSync(file, "r");
  fsyncSync(descriptor);
  closeSync(descriptor);
}

interface Driver {
  readonly file: string;
  /** The lowest address that mmap gives. */
  readonly lowest: number;
}

/** The driver for a layout, or why there is none. */
async function buildDriver(layout: Layout): Promise<Driver | { readonly skip: string }> {
  const file = path.join(folder, `driver-${layout.name}`);
  const compiled = await run("gcc", [
    ..."-O1 -std=gnu11 -Wall -Wextra -ffreestanding -fno-stack-protector -fcf-protection=none -mno-sse -static -nostdlib".split(
      " ",
    ),
    ..."-Wl,-z,norelro -Wl,-z,noexecstack -Wl,-z,separate-code -Wl,--build-id=none".split(" "),
    ...layout.compiler,
    "-o",
    file,
    inRoot("tools", "live-vm", "driver.c"),
  ]);
  if (compiled.code !== 0) return { skip: `gcc cannot compile the driver: ${compiled.stderr.split("\n")[0]}` };
  writeBack(file);
  const tried = await run("setarch", [...layout.personality, file, ...paths], {
    timeoutSeconds: 10,
    input: "mmap 0x1000 0x1000 0 34 -1 0\n",
  });
  if (tried.code !== 0) return { skip: `the driver does not run here: ${tried.stderr.trim() || `status ${tried.code}`}` };
  // A hint that is too low is moved to the lowest page there is: the setting in /proc may be lower.
  const [, lowest = ""] = /^= (0x[0-9a-f]+)/m.exec(tried.stdout) ?? [];
  return { file, lowest: Number(lowest) };
}

/** Every layout in turn, then the next flavour. */
function flavourOf(number: number): Flavour {
  return flavours[Math.floor(number / layouts.length) % flavours.length] ?? flavours[0];
}

/**
 * A page that the kernel is just writing to the disk is not mapped around a fault, and a huge page needs 2 MiB of RAM in one piece: where
 * scripts use such, a difference has to show every time.
 */
function dependsOnMoment(number: number): boolean {
  const { mmapFile = 0, madvise = 0 } = flavourOf(number).weights;
  return mmapFile + madvise > 0;
}

/** Records one script. Returns its file. */
async function record(layout: Layout, driver: Driver, facts: Facts, number: number, withFiles: boolean): Promise<string> {
  const flavour = flavourOf(number);
  const r = random(seed + number);
  paths.forEach(writeBack);
  const live = await startProcess("setarch", [...layout.personality, driver.file, ...paths]);
  const { start } = live;
  const [, page0 = "", , brk = ""] = start.report[0]?.split(" ") ?? [];
  const names = { files: Object.fromEntries(files.map((file, index) => [index, file])), st: statusNames };
  const meta = {
    layout: layout.name,
    flavour: flavour.name,
    seed: seed + number,
    page: 4096,
    ...names,
    ...facts,
    mmap_min_addr: driver.lowest,
    marks: flavour.weights.fork !== undefined || flavour.weights.madvise !== undefined,
  };
  const lines: unknown[] = [{ meta, brk, page0, maps: start.maps, st: start.status }];
  const own = new Set(start.maps.filter(([, , , , name]) => name !== "[stack]").map(([at]) => at));
  const fixed = {
    startBrk: Number(brk),
    page0: Number(page0),
    own,
    stackLimit: facts.rlimit_stack,
    lowest: Math.max(4096, Number(read("/proc/sys/vm/mmap_min_addr"))),
    withFiles,
  };
  let now: Answer = start;
  const family = new Family(fixed.startBrk);
  for (let i = 0; i < CALLS_A_SCRIPT; i++) {
    const op = chooseCall(r, flavour, { ...fixed, maps: now.maps, status: now.status, ...family.situation() });
    const answer = await live.call(op).catch((error: unknown) => {
      throw new Error(`${layout.name} ${flavour.name}, seed ${seed + number}, ${op.join(" ")}: ${String(error)}`);
    });
    lines.push(recordingLine(i, op, answer, now.maps));
    family.note(op, answer);
    now = answer;
  }
  await live.end();
  lines.push({ final: now.maps });
  const file = path.join(folder, `${layout.name}-${flavour.name}-${seed + number}.jsonl`);
  writeFileSync(file, `${lines.map((line) => JSON.stringify(line)).join("\n")}\n`);
  return file;
}

async function main(): Promise<number> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const reason = await obstacle();
  if (reason !== null) {
    console.log(`skipped: ${reason}`);
    return 0;
  }
  for (const [name, bytes] of files) writePages(path.join(folder, name), bytes);
  const withFiles = statfsSync(folder).type === EXT_MAGIC;
  if (!withFiles) console.log("skipped: mapped files: build/ is not on ext4");
  const drivers: { readonly layout: Layout; readonly driver: Driver }[] = [];
  for (const layout of layouts) {
    const built = await buildDriver(layout);
    if ("skip" in built) console.log(`skipped: ${layout.name}: ${built.skip}`);
    else drivers.push({ layout, driver: built });
  }
  const facts = machineFacts();
  const check = createVmChecker("6.1+");
  let [calls, scripts, failed, repeated] = [0, 0, 0, 0];
  for (let number = 0; calls < wanted && drivers.length > 0; number++) {
    const built = drivers[number % drivers.length];
    if (built === undefined) break;
    const file = await record(built.layout, built.driver, facts, number, withFiles);
    let verdict = await check(file);
    for (let tries = 0; tries < 3 && verdict.failed && dependsOnMoment(number); tries++) {
      repeated++;
      await setTimeout(300);
      verdict = await check(await record(built.layout, built.driver, facts, number, withFiles));
    }
    calls += verdict.operations;
    scripts++;
    if (!verdict.failed) continue;
    failed++;
    console.log(path.relative(inRoot(), verdict.line));
  }
  const verdict = failed === 0 ? "all equal" : `${failed} scripts differ (recordings in build/live-vm)`;
  const again = repeated === 0 ? "" : ` (${repeated} recorded again)`;
  console.log(
    `seed ${seed}: ${calls} calls in ${scripts} scripts${again}, ${drivers.length} layouts, Linux ${facts.kernel}, ${verdict}`,
  );
  return failed === 0 && drivers.length > 0 ? 0 : 1;
}

process.exitCode = await main();
