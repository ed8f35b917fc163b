import { gunzipSync, gzipSync } from "node:zlib";

/**
 * What a packed recording leaves out: the 64-bit hashes. Every line still carries a 32-bit hash of heap and arena and the changed words
 * themselves, and the dumps hold every byte; the long hashes do not compress and are slow to compute.
 */
const leftOut = ["hh", "ah"] as const;

/** One recording's text without what `leftOut` names. Packing twice changes nothing. */
export function packText(text: string): string {
  const lines = text.split("\n").filter((line) => line !== "");
  return `${lines.map((line) => JSON.stringify(withoutHashes(JSON.parse(line)))).join("\n")}\n`;
}

function withoutHashes(line: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(line).filter(([name]) => !leftOut.some((each) => each === name)));
}

/** Header and first operations: a recording that stops earlier is one too. */
export function beginning(text: string, operations: number): string {
  return `${text
    .split("\n")
    .slice(0, operations + 1)
    .join("\n")
    .trimEnd()}\n`;
}

/** How a recording ends, without the addresses: "" when the process lives. */
export function endingOf(text: string): string {
  const last = JSON.parse(text.trimEnd().split("\n").at(-1) ?? "{}") as Readonly<Record<string, unknown>>;
  const { sig, killed, nested, stderr = "" } = last;
  if (sig === undefined && killed === undefined && nested === undefined) return "";
  const [message = ""] = String(stderr).split("\n");
  return [sig, killed, nested, message.replace(/0x[0-9a-f]+/g, "0x…")].join(" ").trim();
}

/** A gzip file of a recording, the same bytes for the same text (no time, no name). */
export function packFile(gzip: Uint8Array, operations = Number.POSITIVE_INFINITY): Uint8Array {
  return gzipSync(packText(beginning(gunzipSync(gzip).toString("utf8"), operations)), { level: 9 });
}
