/**
 * What a shell shows of the process's memory, character by character: files of /proc, and the tools that print them for people.
 * fs/proc/array.c and task_mmu.c, mm/vmstat.c: frag_show; procps 4: pmap, top.
 */
import { control } from "../abi/control";
import { FIRST_PID, freeArea, MAX_ORDER, taskState, taskStruct, vmFlag } from "../abi/kernel";
import { machineMemory, PAGE_SIZE } from "../abi/machine-memory";
import type { ProcName } from "../abi/proc-texts";
import { kmemCache, slabCaches } from "../abi/slab";
import { type KernelContext, mmGet, vmaPages, zoneGet } from "./context";
import { mapsLines, memoryStatus, permissions, vmaName } from "./proc";
import { residentPages } from "./resident";
import { smaps } from "./smaps";
import { taskGet, tasks } from "./task";
import { rollupText, smapsText } from "./smaps-text";

/** What is said of a process beside its memory. */
export interface Task {
  readonly pid: number;
  readonly user: string;
  /** Name of the program, and the words it was called with. */
  readonly name: string;
  readonly commandLine: string;
}

const kB = (pages: number): number => (pages * PAGE_SIZE) / 1024;
const column = (value: number | string, width: number): string => String(value).padStart(width);

/** The memory part of /proc/self/status. */
function status(k: KernelContext): string[] {
  const { VmPeak, VmSize, VmHWM, VmRSS, RssAnon, RssFile, RssShmem, ...parts } = memoryStatus(k);
  let locked = 0;
  for (let vma = k.vmas.first(); vma !== 0; vma = k.vmas.next(vma))
    if ((k.vmas.flags(vma) & vmFlag.LOCKED) !== 0) locked += vmaPages(k, vma);
  const first = { VmPeak, VmSize, VmLck: kB(locked), VmPin: 0, VmHWM, VmRSS, RssAnon, RssFile, RssShmem };
  const rows = { ...first, ...parts, VmSwap: 0, HugetlbPages: 0 };
  return Object.entries(rows).map(([name, value]) => `${name}:\t${column(value, 8)} kB`);
}

/** /proc/self/statm: size, resident, shared, text, 0, data and stack, 0; in pages. */
function statm(k: KernelContext): string[] {
  const data = mmGet(k, "data_vm") + mmGet(k, "stack_vm");
  const shared = mmGet(k, "rss_file") + mmGet(k, "rss_shmem");
  const text = (memoryStatus(k).VmExe * 1024) / PAGE_SIZE;
  return [[mmGet(k, "total_vm"), residentPages(k), shared, text, 0, data, 0].join(" ")];
}

/** /proc/buddyinfo: free blocks of each order. Blocks whose struct pages are not set up yet are of the largest. */
function buddyinfo(k: KernelContext): string[] {
  const end = zoneGet(k, "zone_start_pfn") + zoneGet(k, "managed_pages");
  const deferred = (end - zoneGet(k, "first_deferred_pfn")) / 2 ** MAX_ORDER;
  const counts = Array.from({ length: MAX_ORDER + 1 }, (_, order) => {
    const listed = k.bytes.u64(freeArea.at + order * freeArea.stride + freeArea.nr_free);
    return column(order === MAX_ORDER ? listed + deferred : listed, 6);
  });
  return [`Node 0, zone ${column("Normal", 8)} ${counts.join(" ")} `];
}

/** /proc/slabinfo. The numbers between are tunables that slub does not have. */
function slabinfo(k: KernelContext): string[] {
  const rows = slabCaches.map(({ name }, id) => {
    const field = (of: keyof typeof kmemCache): number => k.bytes.u32(kmemCache.at + id * kmemCache.stride + kmemCache[of]);
    const [objects, slabs] = [field("objects"), field("nr_slabs")];
    const counts = [column(field("active_objs"), 6), column(objects * slabs, 6), column(field("size"), 6)];
    const shape = [column(objects, 4), column(2 ** field("order"), 4)];
    const numbers = [...counts, ...shape].join(" ");
    const none = column(0, 4);
    return `${name.padEnd(17)} ${numbers} : tunables ${none} ${none} ${none} : slabdata ${column(slabs, 6)} ${column(slabs, 6)} ${column(0, 6)}`;
  });
  const [objects, slabs] = ["<active_objs> <num_objs> <objsize> <objperslab> <pagesperslab>", "<active_slabs> <num_slabs>"];
  const titles = `# name            ${objects} : tunables <limit> <batchcount> <sharedfactor> : slabdata ${slabs} <sharedavail>`;
  return ["slabinfo - version: 2.1", titles, ...rows];
}

/** `pmap -x`: a line for each mapping, in kB. */
function pmap(k: KernelContext, { pid, commandLine }: Task): string[] {
  const lines: string[] = [];
  const sum = { size: 0, rss: 0, dirty: 0 };
  const line = (addr: string, sizes: readonly number[], mode: string, name: string): void => {
    lines.push(`${addr} ${sizes.map((size) => column(size, 7)).join(" ")} ${mode} ${name}`);
  };
  for (const { start, rss, sharedDirty, privateDirty } of smaps(k)) {
    const vma = k.vmas.find(start);
    const [size, dirty] = [kB(vmaPages(k, vma)), sharedDirty + privateDirty];
    const rights = permissions(k.vmas.flags(vma));
    const name = vmaName(k, vma);
    const isFile = name.startsWith("/");
    const shown = isFile ? name.slice(name.lastIndexOf("/") + 1) : name === "[stack]" ? "  [ stack ]" : "  [ anon ]";
    line(
      start.toString(16).padStart(16, "0"),
      [size, rss, dirty],
      `${rights.slice(0, 3)}${rights.endsWith("s") ? "s" : "-"}-`,
      shown,
    );
    sum.size += size;
    sum.rss += rss;
    sum.dirty += dirty;
  }
  const vsyscall = mapsLines(k).find((text) => text.endsWith("[vsyscall]"));
  if (vsyscall !== undefined) {
    line(vsyscall.slice(0, 16), [4, 0, 0], "--x--", "  [ anon ]");
    sum.size += 4;
  }
  return [
    `${pid}:   ${commandLine}`,
    "Address           Kbytes     RSS   Dirty Mode  Mapping",
    ...lines,
    "---------------- ------- ------- ------- ",
    `total kB ${column(sum.size, 15)} ${column(sum.rss, 7)} ${column(sum.dirty, 7)}`,
  ];
}

/** A number of kB in at most `width` characters: as it is, or with one digit behind the point and a larger unit. procps top.c: scale_mem. */
function scaled(amount: number, width: number): string {
  const whole = String(amount);
  if (whole.length <= width) return whole.padStart(width);
  let value = amount;
  for (const unit of "mgtpe") {
    value /= 1024;
    const texts = [`${value.toFixed(1)}${unit}`, `${Math.floor(value)}${unit}`];
    const text = texts.find((each) => each.length <= width);
    if (text !== undefined) return text.padStart(width);
  }
  return "?".padStart(width);
}

/** The line of `top` for the process. There is no clock: no time has been used. */
function top(k: KernelContext, { pid, user, name }: Task): string[] {
  const resident = residentPages(k);
  const shared = mmGet(k, "rss_file") + mmGet(k, "rss_shmem");
  const share = ((resident / zoneGet(k, "totalram_pages")) * 100).toFixed(1);
  const memory = `${scaled(kB(mmGet(k, "total_vm")), 7)} ${scaled(kB(resident), 6)} ${scaled(kB(shared), 6)}`;
  return [
    "  PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND",
    `${column(pid, 5)} ${user.padEnd(8)}  20   0 ${memory} S ${column("0.0", 5)} ${column(share, 5)} ${column("0:00.00", 9)} ${name}`,
  ];
}

const texts = {
  maps: mapsLines,
  smaps: smapsText,
  smaps_rollup: rollupText,
  status,
  statm,
  buddyinfo,
  slabinfo,
  pmap,
  top,
} as const satisfies Readonly<Record<ProcName, (k: KernelContext, task: Task) => readonly string[]>>;
/** The simulated program; forks have numbers of their own. */
export const programTask: Task = { pid: FIRST_PID, user: "root", name: "a.out", commandLine: "/home/user/a.out" };

/** The process that runs. */
function runningTask({ bytes }: KernelContext): Task {
  const row = bytes.u32(machineMemory.control + control.process);
  return { ...programTask, pid: bytes.u32(taskStruct.at + row * taskStruct.stride + taskStruct.pid) };
}

/** The same of any process that lives; of the running one where there is none with that pid. */
export function procTextOf(k: KernelContext, name: ProcName, pid: number): readonly string[] {
  const task = tasks(k).find((row) => taskGet(k, row, "pid") === pid && taskGet(k, row, "state") === taskState.running);
  if (task === undefined) return procText(k, name);
  return k.mm.within(taskGet(k, task, "mm"), () => procText(k, name, { ...programTask, pid }));
}

/** A file of /proc or the output of a tool, line by line. */
export function procText(k: KernelContext, name: ProcName, task = runningTask(k)): readonly string[] {
  return texts[name](k, task);
}
