/** Sentences of the engine's and the kernel's markers (src/abi/marks.ts, src/abi/kernel-marks.ts), and how their operands read. */
import { vmFlag } from "../abi/kernel";
import { type AnyMark, type KernelMarkName, kernelMarkById } from "../abi/kernel-marks";
import { type MarkName, marks } from "../abi/marks";
import { type OperandKind } from "../abi/mark-table";
import type { MallocAbi } from "../abi/glibc-structs";
import { messages, messageText } from "../abi/messages";
import { tunables } from "../abi/glibc-tunables";
import { fastBinSize, tcacheRange } from "../decode/bin-index";
import type { Locale } from "./locale";
import { arenaMarks } from "./marks/arenas";
import { freeMarks } from "./marks/free";
import { kernelMarkTexts } from "./marks/kernel";
import { mallocMarks } from "./marks/malloc";
import { searchMarks } from "./marks/search";
import { systemMarks } from "./marks/system";
import type { MarkText, MarkTexts } from "./marks/types";

export type { MarkTexts } from "./marks/types";

export const markTexts: Readonly<Record<MarkName | KernelMarkName, MarkTexts>> = {
  ...mallocMarks,
  ...arenaMarks,
  ...searchMarks,
  ...freeMarks,
  ...systemMarks,
  ...kernelMarkTexts,
};

/** The marker with this id. */
export function markById(id: number): AnyMark | undefined {
  return marks[id - 1] ?? kernelMarkById(id);
}

function textOf(locale: Locale, { name }: AnyMark): MarkText {
  return locale === "en" ? markTexts[name].en : markTexts[name].zh;
}

/** What a line or phase is called before anything is known about it. */
export function markLabel(locale: Locale, mark: AnyMark): string {
  const text = textOf(locale, mark);
  return typeof text === "string" ? text : text[0];
}

/** What is visited: marker and operands; `answer` is the record's `where`: 1 yes, 0 no. */
export interface Visit {
  readonly mark: AnyMark;
  readonly a: bigint;
  readonly b: bigint;
  readonly answer: number;
}

/** What it says with its operands, lists by the sizes that they have in `abi`. */
export function markLive(locale: Locale, { mark, a, b, answer }: Visit, abi: MallocAbi | null): string {
  const text = textOf(locale, mark);
  if (typeof text === "string") return text;
  const template = text.length === 3 && answer !== 0 ? text[2] : text[1];
  const operand = (kind: OperandKind | null, value: bigint): string =>
    kind === "access" ? accessWords[locale][value === 0n ? 0 : 1] : operandText(kind, value, abi);
  return template.replace("{a}", () => operand(mark.a, a)).replace("{b}", () => operand(mark.b, b));
}

const accessWords = { en: ["read", "write"], "zh-CN": ["读", "写"] } as const;

/** The rights among vm_flags, as /proc/self/maps writes them. */
function rightsText(flags: number): string {
  const letter = (flag: number, yes: string, no = "-"): string => ((flags & flag) === 0 ? no : yes);
  return [letter(vmFlag.READ, "r"), letter(vmFlag.WRITE, "w"), letter(vmFlag.EXEC, "x"), letter(vmFlag.SHARED, "s", "p")].join(
    "",
  );
}

const parameterNames: ReadonlyMap<number, string> = new Map([
  [1, "M_MXFAST"],
  [-1, "M_TRIM_THRESHOLD"],
  [-2, "M_TOP_PAD"],
  [-3, "M_MMAP_THRESHOLD"],
  [-4, "M_MMAP_MAX"],
  [-5, "M_CHECK_ACTION"],
  [-6, "M_PERTURB"],
  [-7, "M_ARENA_TEST"],
  [-8, "M_ARENA_MAX"],
]);

const hex = (value: bigint): string => `0x${value.toString(16)}`;

/** Chunk size of a tcache list, the smallest of those that hold several; an index that no list has means a size, too. */
function tcacheSize(abi: MallocAbi, index: bigint): bigint {
  if (abi.features.has("largeTcache") && index >= BigInt(abi.tcacheSmallBins))
    return BigInt(tcacheRange(abi, Number(index)).start);
  return BigInt(abi.minChunkBytes) + index * BigInt(abi.alignment);
}

/** Operands as the field writes them: `0x90`, `[0x90]` for a tcache or fastbin, `bin 68`, a parameter's or message's own name. */
export function operandText(kind: OperandKind | null, value: bigint, abi: MallocAbi | null): string {
  switch (kind) {
    case "request":
    case "count":
      return value.toString();
    case "tcache":
      return abi === null ? `[${value}]` : `[${hex(tcacheSize(abi, value))}]`;
    case "fast":
      return abi === null ? `[${value}]` : `[${hex(BigInt(fastBinSize(abi, Number(value))))}]`;
    case "bin":
      return value === 1n ? "unsorted" : `bin ${value}`;
    case "param":
      return parameterNames.get(Number(BigInt.asIntN(32, value))) ?? BigInt.asIntN(32, value).toString();
    case "tunable":
      return tunables[Number(value)]?.name ?? value.toString();
    case "message": {
      const message = messages[Number(value)];
      return message === undefined ? value.toString() : messageText(message);
    }
    case "limit":
      return value === 2n ** 64n - 1n ? "RLIM_INFINITY" : hex(value);
    case "rights":
      return rightsText(Number(value));
    case "access":
      return value === 0n ? "0" : "1";
    case "addr":
    case "size":
    case "head":
    case "word":
    case "byte":
    case null:
      return hex(value);
  }
}
