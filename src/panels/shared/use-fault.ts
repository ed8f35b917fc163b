/** The page fault that the cursor stands in, if it stands in one. */
import { kernelCallNames } from "../../abi/api";
import { recordKind } from "../../abi/journal";
import type { JournalRecords } from "../../decode/types";
import { useShown } from "./use-shown";
import { kernelCallAt, useMoment, useRecords } from "../../queries";

const PAGE_FAULT = kernelCallNames.indexOf("page_fault");

/** Address of the fault begun and not ended among records [from, cursor); −1 = none, null = not to be told from these. */
export function faultIn(records: JournalRecords | null, cursor: number): number | null {
  if (records === null || cursor > records.from + records.count) return null;
  for (let row = cursor - records.from - 1; row >= 0; row--) {
    const kind = records.kind[row];
    if (kind === recordKind.syscallEnd) return -1;
    if (kind === recordKind.syscallBegin) return records.id[row] === PAGE_FAULT ? Number(records.a[row] ?? 0n) : -1;
    if (kind === recordKind.statement || kind === recordKind.opBegin) return -1;
  }
  return null;
}

/** Address of the last page fault that began among records [from, to); −1 = none. */
export function lastFault(records: JournalRecords | null, from: number, to: number): number {
  if (records === null) return -1;
  for (let row = Math.min(to - records.from, records.count) - 1; row >= Math.max(0, from - records.from); row--)
    if (records.kind[row] === recordKind.syscallBegin && records.id[row] === PAGE_FAULT) return Number(records.a[row] ?? 0n);
  return -1;
}

/** The address that could not be reached, −1 when no fault is being handled. */
export function useFault(): number {
  const { run, position, instant } = useMoment();
  // A fault is the running process's.
  const here = useShown()?.space.pid === instant?.space.pid;
  const near = instant === null ? -1 : faultIn(instant.records, instant.cursor);
  const call = near === null && run !== null && position !== null ? kernelCallAt(run.summary, position) : null;
  const open = call !== null && call.inside && call.call === PAGE_FAULT;
  const begin = useRecords(open ? call.begin : 0, open ? call.begin + 1 : 0);
  if (!here) return -1;
  if (near !== null) return near;
  return open && begin !== null && begin.count > 0 ? Number(begin.a[0] ?? 0n) : -1;
}

/** The fault that is being handled, else the last one of the step that was made; −1 = none. */
export function useFaultOfStep(): number {
  const { position, instant } = useMoment();
  const open = useFault();
  const here = useShown()?.space.pid === instant?.space.pid;
  if (!here) return -1;
  if (open >= 0 || instant === null || position === null) return open;
  return lastFault(instant.records, position.stepFrom, instant.cursor);
}
