/** The sentence under the transport: what has just happened and what comes next. */
import { kernelCallNames } from "../../abi/api";
import { signalNumber } from "../../abi/linux";
import { recordKind } from "../../abi/journal";
import type { JournalRecords } from "../../decode/types";
import { changedWords } from "../../decode/journal";
import { addressName, binOfHeader } from "../../decode/address-name";
import { vmaAt } from "../../decode/vmas";
import type { Locale, ShellText } from "../../i18n";
import type { Position, RunSummary } from "../../protocol/messages";
import { type Instant, kernelCallAt } from "../../queries";
import { callText } from "../shared/call-text";
import type { MarkWords } from "../shared/mark-words";
import { signalName } from "../shared/signals";

export interface Caption {
  readonly text: string;
  readonly bad: boolean;
}

const pageFault = kernelCallNames.indexOf("page_fault");

const hex = (value: number | bigint): string => `0x${value.toString(16)}`;

function statementText(
  source: string,
  summary: RunSummary,
  statement: number,
): { readonly line: number; readonly text: string } | null {
  const info = summary.debug.statements[statement];
  if (info === undefined) return null;
  const text = source.slice(info.span.start, info.span.end).replace(/\s+/g, " ").trim();
  return { line: info.span.line, text: text.length > 70 ? `${text.slice(0, 69)}…` : text };
}

function signalCaption(signal: number, text: ShellText, locale: Locale): Caption {
  const name = signalName(signal);
  return { text: `${name}${locale === "en" ? ": " : "："}${text.caption.signal(name)}`, bad: true };
}

function ending(summary: RunSummary, instant: Instant | null, text: ShellText, locale: Locale, words: MarkWords): Caption {
  switch (summary.status) {
    case "exited":
      return { text: text.caption.exited(summary.exitCode), bad: false };
    case "abort": {
      if (summary.message.trim() === "") return signalCaption(signalNumber.SIGABRT, text, locale);
      const call = summary.operations.at(-1);
      const name = call === undefined ? "" : call.name === "" ? (call.argText[0] ?? "") : call.name;
      const reason = words.reason(summary.message, name);
      return {
        text: reason === null ? summary.message.trim() : `${summary.message.trim()}${locale === "en" ? ". " : "。"}${reason}`,
        bad: true,
      };
    }
    case "signal": {
      if (summary.signal !== signalNumber.SIGSEGV) return signalCaption(summary.signal, text, locale);
      const vma = instant === null ? undefined : instant.space.vmas[vmaAt(instant.space, summary.signalAddr)];
      return {
        text: text.caption.segv(
          summary.signalWrite,
          hex(summary.signalAddr),
          vma === undefined ? text.caption.noMapping : vma.name,
        ),
        bad: true,
      };
    }
    case "budget":
    case "cancelled":
    case "outOfMemory":
    case "deadlock":
    case "storeFull":
      return { text: text.status[summary.status], bad: summary.status !== "budget" && summary.status !== "cancelled" };
  }
}

/** The latest marker of the step, as a sentence. */
function markerCaption(records: JournalRecords, cursor: number, words: MarkWords): string | null {
  for (let row = Math.min(records.count, cursor - records.from) - 1; row >= 0; row--) {
    const kind = records.kind[row];
    if (kind !== recordKind.line && kind !== recordKind.phase) continue;
    const line = words.sentence(records.id[row] ?? 0, records.a[row] ?? 0n, records.b[row] ?? 0n, records.where[row] ?? 0);
    if (line !== null) return line;
  }
  return null;
}

/** The allocator's name for a word, or its address. */
function wordName(instant: Instant, addr: number): string {
  const { abi, mainArena, chunks, bins, names } = instant.picture;
  return addressName({ abi, mainArena, mp: instant.heap.par.addr, tcache: bins.tcacheAddr, chunks, names }, addr) ?? hex(addr);
}

/** A value, by name when it is the address of something known. */
function valueName(instant: Instant, value: bigint): string {
  const addr = Number(value);
  const { chunks, names, mainArena, abi } = instant.picture;
  const bin = binOfHeader(abi, mainArena, addr);
  if (bin > 0) return bin === 1 ? "unsorted" : `bin ${bin}`;
  const name = names.get(addr);
  if (name !== undefined) return name;
  return addr >= chunks.start && addr < chunks.end ? `…${addr.toString(16).slice(-4)}` : hex(value);
}

function writeCaption(instant: Instant, records: JournalRecords, cursor: number, text: ShellText): string | null {
  const row = cursor - 1 - records.from;
  if (row < 0 || records.kind[row] !== recordKind.write || (records.addr[row] ?? 0) === 0) return null;
  const word = changedWords(records, cursor - 1, cursor)[0];
  if (word === undefined) return null;
  const done = text.caption.wrote(wordName(instant, word.addr), valueName(instant, word.before), valueName(instant, word.after));
  const { nextWrite } = instant.picture;
  return nextWrite < 0 ? done : `${done} ${text.caption.next(wordName(instant, nextWrite))}`;
}

/** A label begins small in the listing and large in a sentence; names of functions stay as they are. */
function asSentence(text: string): string {
  return /^(?!(?:top|bin|tcache|unsorted|fd|bk|brk|mmap)\b)[a-z]+[ ?,]/.test(text)
    ? text.charAt(0).toUpperCase() + text.slice(1)
    : text;
}

export function captionOf(
  source: string,
  summary: RunSummary,
  position: Position,
  instant: Instant | null,
  text: ShellText,
  locale: Locale,
  words: MarkWords,
): Caption {
  if (position.cursor >= summary.last) return ending(summary, instant, text, locale, words);
  const inside = summary.operations[position.operation];
  const records = instant?.records ?? null;
  if (inside !== undefined) {
    const detail =
      instant === null || records === null
        ? null
        : (writeCaption(instant, records, position.cursor, text) ?? markerCaption(records, position.cursor, words));
    return { text: `${text.caption.inside(callText(inside))}${detail === null ? "" : ` ${asSentence(detail)}`}`, bad: false };
  }
  const kernel = kernelCallAt(summary, position);
  if (kernel?.inside === true) {
    const line = records === null ? null : markerCaption(records, position.cursor, words);
    return { text: `${words.kernelCall(kernel.call)}${locale === "en" ? ". " : "。"}${line ?? ""}`, bad: false };
  }
  const next = statementText(source, summary, position.statement);
  const last = summary.operations[position.lastOperation];
  const returned =
    last !== undefined && last.end > position.stepFrom && last.end <= position.cursor ? doneText(summary, position, text) : "";
  const done = returned === "" ? faultsText(summary, position, words) : returned;
  if (position.cursor === summary.first && kernelCallNames[summary.kernel.call[0] ?? 0] === "execve")
    return { text: words.beforeLoading, bad: false };
  if (next === null) return { text: done === "" ? text.caption.start : done, bad: false };
  return { text: `${done}${done === "" ? "" : " "}${text.caption.statement(next.line, next.text)}`, bad: false };
}

/** The faults of a step that made no call: events of their own, with what they came to. */
function faultsText({ kernel }: RunSummary, { cursor, stepFrom }: Position, words: MarkWords): string {
  let [n, cause] = [0, 0];
  for (let i = kernel.at.length - 1; i >= 0 && (kernel.at[i] ?? 0) >= stepFrom; i--) {
    if (kernel.call[i] !== pageFault || (kernel.end[i] ?? 0) > cursor) continue;
    if (n++ === 0) cause = kernel.cause[i] ?? 0;
  }
  return n === 0 ? "" : words.faults(n, cause);
}

function doneText(summary: RunSummary, position: Position, text: ShellText): string {
  const operation = summary.operations[position.lastOperation];
  if (operation === undefined) return "";
  const path = text.path[operation.path];
  return operation.api === "free"
    ? text.caption.freed(callText(operation), path)
    : text.caption.returned(callText(operation), operation.resultText, path);
}
