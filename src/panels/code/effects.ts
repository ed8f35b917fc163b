/** What each source line's calls did, for the badges at the right of the code. */
import type { Operation, OperationPath } from "../../protocol/messages";
import { pathRole } from "../shared/path-role";

export interface LineEffect {
  readonly line: number;
  /** Short text: `+0x90`, `7× tcache`, `unsorted`. Allocator words only: the same in both languages. */
  readonly text: string;
  readonly role: string;
  /** The badge says that this thread stands here; it is the one that runs when `role` is "now". */
  readonly thread?: number;
}

const giveText: Readonly<Record<OperationPath, string>> = {
  none: "",
  tcache: "tcache",
  fast: "fast",
  unsorted: "unsorted",
  small: "small",
  large: "large",
  top: "top",
  mmap: "munmap",
  sysmalloc: "",
  error: "abort",
};

function oneText(operation: Operation): string {
  if (!operation.finished) return "✕";
  switch (operation.api) {
    case "free":
      return giveText[operation.path];
    case "malloc":
    case "calloc":
    case "realloc":
    case "memalign":
    case "aligned_alloc":
    case "posix_memalign":
    case "valloc":
    case "pvalloc":
      return operation.result === 0
        ? "NULL"
        : `+${giveText[operation.path] === "" || operation.path === "top" ? "top" : operation.path}`;
    default:
      return operation.resultText;
  }
}

/** One badge a line; equal calls are counted, different ones joined. Only calls that are over at `cursor`. */
export function lineEffects(operations: readonly Operation[], cursor: number): readonly LineEffect[] {
  const byLine = new Map<number, Map<string, { count: number; role: string }>>();
  for (const operation of operations) {
    if (operation.begin >= cursor) break;
    if (operation.line <= 0 || operation.end > cursor) continue;
    const text = oneText(operation);
    if (text === "") continue;
    const texts = byLine.get(operation.line) ?? new Map<string, { count: number; role: string }>();
    const entry = texts.get(text) ?? { count: 0, role: operation.finished ? pathRole(operation.path, "meta") : "bad" };
    entry.count++;
    texts.set(text, entry);
    byLine.set(operation.line, texts);
  }
  return [...byLine].map(([line, texts]) => {
    const entries = [...texts];
    return {
      line,
      text: entries.map(([text, { count }]) => (count > 1 ? `${count}× ${text}` : text)).join(" · "),
      role: entries.at(-1)?.[1].role ?? "meta",
    };
  });
}
