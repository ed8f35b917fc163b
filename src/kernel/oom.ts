/**
 * The OOM killer: RAM is used up, so somebody has to go. The choice is the process with the most points: resident pages, swapped pages
 * and pages of page tables. mm/oom_kill.c: oom_badness, out_of_memory. There is one process, so the choice is known; its points are shown.
 */
import { kernelCallNames } from "../abi/api";
import { recordKind } from "../abi/journal";
import { PAGE_SIZE } from "../abi/machine-memory";
import { type KernelContext, mmGet } from "./context";
import { lowHalf } from "./host";
import { residentPages } from "./resident";

const callId = kernelCallNames.indexOf("oom_kill");

/** What a process weighs, in pages. */
export function badness(k: KernelContext): number {
  return residentPages(k) + mmGet(k, "pgtables_bytes") / PAGE_SIZE;
}

/** The event, with the victim's points and the size of its address space in pages. */
export function oomKill(k: KernelContext): void {
  const [points, pages] = [badness(k), mmGet(k, "total_vm")];
  k.host.mark(recordKind.syscallBegin, callId, 0, lowHalf(points), 0, lowHalf(pages), Math.floor(pages / 2 ** 32));
  k.host.mark(recordKind.syscallEnd, callId, 0, 0, 0, 0, 0);
}

/** The kernel log's table of candidates and its verdict. mm/oom_kill.c: dump_task, __oom_kill_process. */
export function oomReport(k: KernelContext, task: { readonly pid: number; readonly name: string }): readonly string[] {
  const [anon, file, shmem] = [mmGet(k, "rss_anon"), mmGet(k, "rss_file"), mmGet(k, "rss_shmem")];
  const tables = mmGet(k, "pgtables_bytes");
  const kB = (pages: number): number => (pages * PAGE_SIZE) / 1024;
  const rss = [anon + file + shmem, anon, file];
  const row: readonly (readonly [number, number])[] = [
    [0, 5],
    [task.pid, 5],
    [mmGet(k, "total_vm"), 8],
    ...rss.map((pages) => [pages, 8] as const),
    [shmem, 9],
    [tables, 8],
    [0, 8],
    [0, 13],
  ];
  return [
    "[  pid  ]   uid  tgid total_vm      rss rss_anon rss_file rss_shmem pgtables_bytes swapents oom_score_adj name",
    `[${String(task.pid).padStart(7)}] ${row.map(([value, width]) => String(value).padStart(width)).join(" ")} ${task.name}`,
    `Out of memory: Killed process ${task.pid} (${task.name}) total-vm:${kB(mmGet(k, "total_vm"))}kB, anon-rss:${kB(anon)}kB, ` +
      `file-rss:${kB(file)}kB, shmem-rss:${kB(shmem)}kB, UID:0 pgtables:${tables / 1024}kB oom_score_adj:0`,
  ];
}
