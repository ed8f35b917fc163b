/** Which word made the allocator refuse: the word its failing check read. */
import type { Instant } from "../queries";
import type { RunSummary } from "../protocol/messages";

/** glibc's messages whose check reads a word at a fixed place of the block handed to the call: offset from its user address in words. */
const wordByMessage: readonly (readonly [RegExp, number])[] = [
  [/double free detected in tcache/, 1],
  [/invalid next size/, 0],
  [/invalid size/, -1],
  [/invalid pointer/, -1],
];

/** Address of that word; null when the run did not abort or nobody can say. */
export function culpritAddr(summary: RunSummary, instant: Instant | null): number | null {
  if (summary.status !== "abort") return null;
  const call = summary.operations.at(-1);
  const user = call?.args[0];
  const word = summary.process.wordBytes;
  if (call?.api === "free" && user !== undefined) {
    const entry = wordByMessage.find(([pattern]) => pattern.test(summary.message));
    if (entry !== undefined && !/next size/.test(summary.message)) return user + entry[1] * word;
    const size = instant?.reader.word(user - word) ?? 0;
    if (/next size|double free or corruption|corrupted size/.test(summary.message)) return user - word + size - (size % 16);
  }
  return instant?.heap.problems[0]?.at ?? null;
}
