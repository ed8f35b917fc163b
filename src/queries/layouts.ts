/**
 * The page's program under another layout of the address space, run on a worker of its own. What a run left is kept: a statement that lies
 * between the same two system calls or faults as one that was looked at shows the same mappings, and costs nothing.
 */
import type { Diagnostic } from "../abi/debug-info";
import type { AddressSpaceKind } from "../abi/layouts";
import { execSettings, placement } from "../abi/placement";
import type { AddressSpace } from "../decode/types";
import { decodeAddressSpace } from "../decode/vmas";
import type { RunSummary } from "../protocol/messages";
import type { MachineSettings, Scenario } from "../scenario";
import type { Session } from "../session";
import { countBefore, cursorAt, type Moment } from "./same-moment";
import { spareSession } from "./spare-session";

/** Engine steps for each run. */
const BUDGET = 5_000_000;
const IDLE_MS = 10_000;
/** Runs that are kept, and instants that are read ahead while a run is at hand. */
const RUNS = 8;
const AHEAD = 12;
const STATEMENTS_AHEAD = 1000;

export interface LayoutSide {
  readonly id: "classic32" | "default32" | "legacy64" | "default64";
  readonly abi: MachineSettings["abi"];
  readonly layout: AddressSpaceKind;
}

/** Linux's four: on 32 bits as a 32-bit kernel lays them out, with 3 GiB for the process. */
export const layoutSides = [
  { id: "classic32", abi: "i386", layout: "3g-legacy" },
  { id: "default32", abi: "i386", layout: "3g" },
  { id: "legacy64", abi: "amd64", layout: "legacy" },
  { id: "default64", abi: "amd64", layout: "default" },
] as const satisfies readonly LayoutSide[];

/** The same machine with another layout. */
export function machineWith(machine: MachineSettings, { abi, layout }: LayoutSide): MachineSettings {
  const { layout: _before, ...rest } = machine;
  return { ...rest, abi, ...(layout === "default" ? {} : { layout }) };
}

/** Whether a machine lays its address space out that way. */
export function hasLayout(machine: MachineSettings, { abi, layout }: LayoutSide): boolean {
  const place = (kind: AddressSpaceKind) => JSON.stringify(placement(execSettings(abi, kind)));
  return machine.abi === abi && place(machine.layout ?? "default") === place(layout);
}

export type LayoutAnswer =
  | {
      readonly kind: "seen";
      readonly space: AddressSpace;
      readonly summary: RunSummary;
      /** False where the run does not come to the moment: its nearest before, or its end, is shown. */
      readonly exact: boolean;
    }
  | { readonly kind: "rejected"; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: "cancelled" | "failed" };

interface KnownRun {
  readonly summary: RunSummary;
  /** By the number of system calls and faults before. */
  readonly seen: Map<number, AddressSpace>;
}

const spare = spareSession(IDLE_MS);
/** The latest last. */
const runs = new Map<string, KnownRun>();
/** The run that a worker has open. */
const opened = new WeakMap<Session, string>();

function keep(key: string, run: KnownRun): void {
  runs.delete(key);
  runs.set(key, run);
  for (const oldest of runs.keys()) if (runs.size > RUNS) runs.delete(oldest);
}

function answerOf({ summary, seen }: KnownRun, moment: Moment): LayoutAnswer | null {
  const { cursor, exact } = cursorAt(summary, moment);
  const found = seen.get(countBefore(summary.kernel.at, cursor));
  return found === undefined ? null : { kind: "seen", space: found, summary, exact };
}

async function read(session: Session, { summary, seen }: KnownRun, cursor: number): Promise<void> {
  const events = countBefore(summary.kernel.at, cursor);
  if (seen.has(events)) return;
  await session.seek(cursor);
  seen.set(events, { ...decodeAddressSpace(session.memory), index: null });
}

/** Reads an instant, and then those that the next statements will ask for. */
async function readFrom(session: Session, run: KnownRun, moment: Moment, signal: AbortSignal): Promise<void> {
  const { at } = run.summary.statements;
  const { cursor } = cursorAt(run.summary, moment);
  await read(session, run, cursor);
  const before = run.seen.size;
  const next = countBefore(at, cursor);
  for (let i = next; i < Math.min(at.length, next + STATEMENTS_AHEAD) && run.seen.size < before + AHEAD; i++) {
    if (signal.aborted) return;
    await read(session, run, (at[i] ?? 0) + 1);
  }
}

export interface LookOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (steps: number, operations: number) => void;
}

export async function lookAtLayout(
  scenario: Scenario,
  moment: Moment,
  { signal, onProgress }: LookOptions,
): Promise<LayoutAnswer> {
  const key = JSON.stringify(scenario);
  const known = runs.get(key);
  const found = known === undefined ? null : answerOf(known, moment);
  if (found !== null) return found;
  const answer = await spare<LayoutAnswer | null>(async (session) => {
    if (signal.aborted) return { kind: "cancelled" };
    let run = runs.get(key);
    if (run === undefined || opened.get(session) !== key) {
      const cancel = (): void => session.cancel();
      signal.addEventListener("abort", cancel);
      const reply = await session
        .open(scenario, { budget: BUDGET, cursor: 0, onProgress })
        .finally(() => signal.removeEventListener("abort", cancel));
      if (reply.type === "rejected") return { kind: "rejected", diagnostics: reply.diagnostics };
      if (reply.summary.status === "cancelled") return { kind: "cancelled" };
      opened.set(session, key);
      run = { summary: reply.summary, seen: run?.seen ?? new Map() };
      keep(key, run);
    }
    await readFrom(session, run, moment, signal);
    return answerOf(run, moment);
  }).catch(() => null);
  return answer ?? { kind: "failed" };
}
