/** The table of processes: who there is, who runs, who has ended. kernel/fork.c, kernel/exit.c. */
import { control } from "../abi/control";
import { taskState, taskStruct } from "../abi/kernel";
import { errno } from "../abi/linux";
import { machineMemory } from "../abi/machine-memory";
import type { KernelContext } from "./context";
import { changeRegions } from "./hot";

/** A row of the table. */
export type Task = number;
type TaskField = Exclude<keyof typeof taskStruct, "at" | "stride" | "capacity">;

const RUNNING = machineMemory.control + control.process;

export function taskGet(k: KernelContext, task: Task, field: TaskField): number {
  return k.bytes.u32(taskStruct.at + task * taskStruct.stride + taskStruct[field]);
}

export function taskSet(k: KernelContext, task: Task, field: TaskField, value: number): void {
  if (taskGet(k, task, field) !== value) k.bytes.put32(taskStruct.at + task * taskStruct.stride + taskStruct[field], value);
}

/** Processes by their pids, zombies too. */
export function tasks(k: KernelContext): readonly Task[] {
  const rows = Array.from({ length: taskStruct.capacity }, (_, row) => row);
  return rows
    .filter((row) => taskGet(k, row, "state") !== taskState.none)
    .toSorted((a, b) => taskGet(k, a, "pid") - taskGet(k, b, "pid"));
}

export function freeTask(k: KernelContext): Task {
  for (let row = 0; row < taskStruct.capacity; row++) if (taskGet(k, row, "state") === taskState.none) return row;
  return -1;
}

export function runningTask(k: KernelContext): Task {
  return k.bytes.u32(RUNNING);
}

export function taskOf(k: KernelContext, pid: number): Task {
  return tasks(k).find((task) => taskGet(k, task, "pid") === pid) ?? -1;
}

/** Another process runs from here on: the processor gets its page table, and forgets what it knew of addresses. kernel/sched/core.c: context_switch. */
export function switchTask(k: KernelContext, task: Task): void {
  if (task === runningTask(k)) return;
  const before = k.mm.at();
  k.bytes.put32(RUNNING, task);
  if (k.mm.at() === before) return;
  k.bytes.put32(machineMemory.control + control.pgd, k.pages.top());
  changeRegions(k);
  k.host.flush(0, 0);
  k.host.tlb?.switchTo(k.mm.at(), k.pages.top());
}

/** Takes a process out of the table that its parent has asked for, or that has no parent. */
function release(k: KernelContext, task: Task): void {
  for (const field of ["state", "pid", "parent", "exit_code", "mm"] as const) taskSet(k, task, field, 0);
}

/** An ended process waits as a zombie to be asked for, unless nobody will; its children have no parent any more. */
export function becomeZombie(k: KernelContext, task: Task, exitCode: number): void {
  const pid = taskGet(k, task, "pid");
  k.note("ExitNotify", pid);
  for (const child of tasks(k).filter((each) => taskGet(k, each, "parent") === pid)) {
    taskSet(k, child, "parent", 0);
    if (taskGet(k, child, "state") === taskState.zombie) release(k, child);
  }
  taskSet(k, task, "state", taskState.zombie);
  taskSet(k, task, "exit_code", exitCode);
  const parent = taskGet(k, task, "parent");
  if (!k.asks("ParentWillAsk", parent !== 0, parent)) release(k, task);
}

function children(k: KernelContext, parent: number, pid: number): readonly Task[] {
  return tasks(k).filter((task) => taskGet(k, task, "parent") === parent && (pid < 0 || taskGet(k, task, "pid") === pid));
}

/** The first child that has ended, or the one of that pid; −1: none. */
export function endedChild(k: KernelContext, parent: number, pid: number): Task {
  return children(k, parent, pid).find((task) => taskGet(k, task, "state") === taskState.zombie) ?? -1;
}

/** What wait(2) answers: a child that has ended, and how. `null`: none of them has ended yet. */
export type Waited = { readonly pid: number; readonly exitCode: number } | null;

/** Takes the first ended child, or the one of that pid (−1: any); −errno when there is no such child. kernel/exit.c: do_wait. */
export function reapChild(k: KernelContext, pid: number): Waited | number {
  const parent = taskGet(k, runningTask(k), "pid");
  const [first = -1, ...more] = children(k, parent, pid);
  k.note("DoWait", parent);
  if (!k.asks("HasChild", first >= 0, first < 0 ? 0 : taskGet(k, first, "pid"))) return -errno.ECHILD;
  for (const child of [first, ...more]) {
    const answer = { pid: taskGet(k, child, "pid"), exitCode: taskGet(k, child, "exit_code") };
    k.note("ConsiderTask", answer.pid);
    if (!k.asks("ChildEnded", taskGet(k, child, "state") === taskState.zombie, answer.pid, answer.exitCode)) continue;
    k.note("ReleaseTask", answer.pid);
    release(k, child);
    return answer;
  }
  return null;
}
