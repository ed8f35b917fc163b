import { gunzipSync, gzipSync } from "node:zlib";

/**
 * What a packed recording leaves out: the 64-bit hashes. Every line still carries a 32-bit hash of heap and arena and the changed words
 * themselves, and the dumps hold every byte; the long hashes do not compress and are slow to compute.
 */
const leftOut = ["hh", "ah"] as const;

/** Operations on other threads need arenas beyond main_arena. */
export function usesThreads(text: string): boolean {
  return /"op":"[STX] /.test(text);
}

/** One recording's text without what `leftOut` names. Packing twice changes nothing. */
export function packText(text: string): string {
  const lines = text.split("\n").filter((line) => line !== "");
  return `${lines.map((line) => JSON.stringify(withoutHashes(JSON.parse(line)))).join("\n")}\n`;
}

function withoutHashes(line: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(line).filter(([name]) => !leftOut.some((each) => each === name)));
}

/** A gzip file of a recording, the same bytes for the same text (no time, no name). */
export function packFile(gzip: Uint8Array): Uint8Array {
  return gzipSync(packText(gunzipSync(gzip).toString("utf8")), { level: 9 });
}
