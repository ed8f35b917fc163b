/** How numbers of memory are written: hex as stored, addresses by their last digits where the context gives the rest. */

/** `0x90`. Exact for numbers below 2^53 and for every bigint. */
export function hex(value: number | bigint): string {
  return value < 0 ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

/** Last four digits, as on the map's ruler: `9320`. */
export function tail(addr: number): string {
  return addr.toString(16).slice(-4).padStart(4, "0");
}

/** `…9320`: an address whose upper digits the reader knows. */
export function shortAddress(addr: number): string {
  return `…${tail(addr)}`;
}

/** `91 00 00 00 00 00 00 00`: a word as its bytes lie in memory. */
export function wordBytes(value: bigint, size: number): string {
  let text = "";
  for (let i = 0; i < size; i++)
    text += `${i > 0 ? " " : ""}${Number((value >> BigInt(8 * i)) & 0xffn)
      .toString(16)
      .padStart(2, "0")}`;
  return text;
}

/** Printable ASCII of a word, `·` for the rest. */
export function wordAscii(value: bigint, size: number): string {
  let text = "";
  for (let i = 0; i < size; i++) {
    const byte = Number((value >> BigInt(8 * i)) & 0xffn);
    text += byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·";
  }
  return text;
}

/** `132 K`, `42.7 TiB`: a size for people. Bytes below 1 KiB stay hex. */
export function humanSize(bytes: number): string {
  const units = ["K", "MiB", "GiB", "TiB", "PiB"];
  if (bytes < 1024) return hex(bytes);
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = value >= 100 || Number.isInteger(value) ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit] ?? ""}`;
}

/** Width of a monospaced text in CSS pixels; JetBrains Mono advances 0.6 em a character, Han characters a full em or so. */
export function monoWidth(text: string, fontSize: number): number {
  let cells = 0;
  for (const character of text) cells += character > "\u2e7f" ? 1.7 : 1;
  return cells * fontSize * 0.6;
}
