/** Markers as sentences in the reader's language, with the program's own names for addresses where it has one. */
import { kernelCallNames } from "../../abi/api";
import { type AnyMark, FIRST_KERNEL_MARK, kernelMarkById } from "../../abi/kernel-marks";
import { binOfHeader } from "../../decode/address-name";
import type { Locale } from "../../i18n";
import { vmaAt } from "../../decode/vmas";
import { abortReason } from "../../i18n/abort";
import { kernelCallTexts } from "../../i18n/marks/kernel-calls";
import { markById, markLabel, markLive } from "../../i18n/marks";
import type { Instant } from "../../queries";

/** Addresses of a process have nine to twelve digits; sizes have fewer, keys and mangled words more. With 32 bits only a mapping tells. */
const address = { 8: /\b0x[0-9a-f]{9,12}\b/g, 4: /\b0x[0-9a-f]{8}\b/g } as const;

/** `0x5555555592a0` becomes `b`, `unsorted` or `…92a0`: upper digits tell nothing within one heap. */
export function shortAddresses(text: string, instant: Instant | null): string {
  const wide = instant === null || instant.abi.wordBytes === 8;
  return text.replace(address[wide ? 8 : 4], (digits) => {
    const addr = Number(digits);
    if (!wide && vmaAt(instant.space, addr) < 0) return digits;
    const tail = `…${digits.slice(-4)}`;
    if (instant === null) return tail;
    const { names, mainArena, abi, bins } = instant.picture;
    if (addr === bins.top && addr > 0) return `top ${tail}`;
    const bin = binOfHeader(abi, mainArena, addr);
    if (bin > 0) return bin === 1 ? "unsorted" : `bin ${bin}`;
    const name = names.get(addr) ?? names.get(addr - 2 * abi.wordBytes);
    return name === undefined ? tail : `${name} ${tail}`;
  });
}

const hex = (value: bigint): string => `0x${value.toString(16)}`;

export interface MarkWords {
  /** What the line is called before it is reached. */
  readonly label: (mark: AnyMark) => string;
  /** What it says with its operands; empty when that is no more than its label. */
  readonly live: (mark: AnyMark, a: bigint, b: bigint, answer: number) => string;
  /** Both, as one sentence; null for an id that has no text. */
  readonly sentence: (id: number, a: bigint, b: bigint, answer: number) => string | null;
  /** Why the check with this message failed, for the pointer of this name; null where the message says enough. */
  readonly reason: (message: string, name: string) => string | null;
  /** A call of the kernel (an index of kernelCallNames), with its arguments or without. */
  readonly kernelCall: (id: number, a?: bigint, b?: bigint) => string;
  /** So many page faults, the last of which came to the phase with this id. */
  readonly faults: (n: number, cause: number) => string;
  /** Where a run begins that shows the loading of its program. */
  readonly beforeLoading: string;
  /** For the button that folds the kernel's part of a call. */
  readonly fold: (open: boolean) => string;
}

/** The words for markers of calls on this instant's heap. */
export function markWords(locale: Locale, instant: Instant | null): MarkWords {
  const label = (mark: AnyMark): string => markLabel(locale, mark);
  const live = (mark: AnyMark, a: bigint, b: bigint, answer: number): string => {
    const text = markLive(locale, { mark, a, b, answer }, instant?.abi ?? null);
    if (text === markLabel(locale, mark)) return "";
    // Ranges and limits of the kernel's are not the heap's: half of their digits say nothing.
    return mark.id >= FIRST_KERNEL_MARK ? text : shortAddresses(text, instant);
  };
  const kernel = kernelCallTexts[locale];
  return {
    label,
    live,
    kernelCall: (id, a, b) => {
      const name = kernelCallNames[id] ?? "none";
      if (a === undefined || b === undefined) return kernel.name[name] ?? name;
      if (name === "page_fault") return kernel.fault(b !== 0n, hex(a));
      if (name === "fork") return "fork()";
      if (name === "wait4") return `wait4(${BigInt.asIntN(64, a)})`;
      return kernel.name[name] ?? `${name}(${hex(a)}${b === 0n ? "" : `, ${hex(b)}`})`;
    },
    faults: (n, cause) => kernel.faults(n, kernelMarkById(cause)?.fn ?? ""),
    beforeLoading: kernel.beforeLoading,
    fold: kernel.fold,
    reason: (message, name) => abortReason(locale, message, name),
    sentence: (id, a, b, answer) => {
      const mark = markById(id);
      if (mark === undefined) return null;
      const detail = live(mark, a, b, answer);
      const head = label(mark);
      if (detail === "") return head;
      return `${head}${/[?？:：]$/.test(head) ? " " : locale === "en" ? ": " : "："}${detail}`;
    },
  };
}
