/**
 * The OOM killer: RAM is used up, so somebody has to go. The choice is the process with the most points: resident pages, swapped pages
 * and pages of page tables. mm/oom_kill.c: oom_badness, out_of_memory.
 */
import { signalNumber } from "../abi/linux";
import { kernelCallNames } from "../abi/api";
import { recordKind } from "../abi/journal";
import { PAGE_SIZE } from "../abi/machine-memory";
import { type KernelContext, mmGet } from "./context";
import { lowHalf } from "./host";
import { endTask } from "./fork";
import { residentPages } from "./resident";
import { runningTask, type Task, taskGet, tasks } from "./task";

const callId = kernelCallNames.indexOf("oom_kill");

/** What a process weighs, in pages. */
export function badness(k: KernelContext): number {
  return residentPages(k) + mmGet(k, "pgtables_bytes") / PAGE_SIZE;
}

/** Processes that have memory. */
function candidates(k: KernelContext): readonly Task[] {
  return tasks(k).filter((task) => taskGet(k, task, "mm") !== 0);
}

function inTask<T>(k: KernelContext, task: Task, work: () => T): T {
  return k.mm.within(taskGet(k, task, "mm"), work);
}

/** Chooses a process, and says so: with its points, the size of its address space in pages and its pid. One that does not run is ended at once. */
export function oomKill(k: KernelContext): Task {
  const points = (task: Task): number => inTask(k, task, () => badness(k));
  const victim = candidates(k).reduce((worst, task) => (points(task) > points(worst) ? task : worst));
  const pages = inTask(k, victim, () => mmGet(k, "total_vm"));
  const pid = taskGet(k, victim, "pid");
  k.host.mark(recordKind.syscallBegin, callId, pid, lowHalf(points(victim)), 0, lowHalf(pages), Math.floor(pages / 2 ** 32));
  if (victim !== runningTask(k)) endTask(k, victim, signalNumber.SIGKILL);
  k.host.mark(recordKind.syscallEnd, callId, 0, 0, 0, 0, 0);
  return victim;
}

/** The kernel log's table of candidates and its verdict. mm/oom_kill.c: dump_task, __oom_kill_process. */
export function oomReport(k: KernelContext, { name }: { readonly name: string }): readonly string[] {
  const rows = candidates(k).map((task) => inTask(k, task, () => taskLines(k, taskGet(k, task, "pid"), name)));
  const verdict = taskLines(k, taskGet(k, runningTask(k), "pid"), name).verdict;
  return [
    "[  pid  ]   uid  tgid total_vm      rss rss_anon rss_file rss_shmem pgtables_bytes swapents oom_score_adj name",
    ...rows.map(({ dump }) => dump),
    verdict,
  ];
}

/** What the log says of one process, as a candidate and as the victim. */
function taskLines(k: KernelContext, pid: number, name: string): { readonly dump: string; readonly verdict: string } {
  const [anon, file, shmem] = [mmGet(k, "rss_anon"), mmGet(k, "rss_file"), mmGet(k, "rss_shmem")];
  const tables = mmGet(k, "pgtables_bytes");
  const kB = (pages: number): number => (pages * PAGE_SIZE) / 1024;
  const rss = [anon + file + shmem, anon, file];
  const row: readonly (readonly [number, number])[] = [
    [0, 5],
    [pid, 5],
    [mmGet(k, "total_vm"), 8],
    ...rss.map((pages) => [pages, 8] as const),
    [shmem, 9],
    [tables, 8],
    [0, 8],
    [0, 13],
  ];
  return {
    dump: `[${String(pid).padStart(7)}] ${row.map(([value, width]) => String(value).padStart(width)).join(" ")} ${name}`,
    verdict:
      `Out of memory: Killed process ${pid} (${name}) total-vm:${kB(mmGet(k, "total_vm"))}kB, anon-rss:${kB(anon)}kB, ` +
      `file-rss:${kB(file)}kB, shmem-rss:${kB(shmem)}kB, UID:0 pgtables:${tables / 1024}kB oom_score_adj:0`,
  };
}
