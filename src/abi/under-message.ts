/** What follows an abort message on the terminal. Apart from the messages: who prints it needs none of their tables. */

/**
 * What 2.26 and before print under a framed message: the backtrace's header (its frames are unknown, see docs/deviations.md) and the memory
 * map. "" for every other message. `maps`: lines of /proc/self/maps.
 */
export function underMessage(message: string, maps: readonly string[]): string {
  const framed = message.startsWith("*** glibc detected ***") || message.startsWith("*** Error in ");
  return framed ? ["======= Backtrace: =========", "======= Memory map: ========", ...maps, ""].join("\n") : "";
}
