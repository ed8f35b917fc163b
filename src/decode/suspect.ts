/** Which word made the allocator refuse: the word that its failing check read. glibc malloc/malloc.c, by the message it printed. */
import type { HeapFacts } from "./types";
import type { WordReader } from "./words";

/** Where the checked word lies: in words from the user address handed to free, or in the header of the chunk after it. */
const rules: readonly (readonly [message: RegExp, place: "key" | "size" | "prevSize" | "nextSize"])[] = [
  [/double free detected in tcache/, "key"],
  [/free\(\): invalid (pointer|size)/, "size"],
  [/free\(\): invalid next size/, "nextSize"],
  [/double free or corruption \(!prev\)/, "nextSize"],
  [/corrupted size vs\. prev_size/, "prevSize"],
];

/** Address of the word, or null when the message does not tell and no decoder found anything wrong. `user`: free's argument, 0 for other calls. */
export function suspectWord(reader: WordReader, heap: HeapFacts, message: string, user: number): number | null {
  const { wordBytes } = reader;
  const place = user === 0 ? undefined : rules.find(([pattern]) => pattern.test(message))?.[1];
  const size = place === undefined ? 0 : reader.word(user - wordBytes);
  switch (place) {
    case "key":
      return user + wordBytes;
    case "size":
      return user - wordBytes;
    case "prevSize":
      return user - 2 * wordBytes;
    case "nextSize":
      return user - wordBytes + size - (size % 8);
    case undefined:
      return heap.problems[0]?.at ?? null;
  }
}
