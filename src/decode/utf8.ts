/** UTF-8 as text, for views on shared memory (which TextDecoder refuses). Bytes that are no UTF-8 become U+FFFD, one each. */
export function utf8Text(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; ) {
    const lead = bytes[i] ?? 0;
    const length =
      lead < 0x80 ? 1 : lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
    const point = length === 0 ? -1 : codePoint(bytes, i, length);
    text += point < 0 ? "\ufffd" : String.fromCodePoint(point);
    i += point < 0 ? 1 : length;
  }
  return text;
}

/** Code point of a sequence; −1 when a continuation byte is missing or the encoding is not the shortest. */
function codePoint(bytes: Uint8Array, at: number, length: number): number {
  const lead = bytes[at] ?? 0;
  if (length === 1) return lead;
  let point = lead & (0x7f >> length);
  for (let i = 1; i < length; i++) {
    const next = bytes[at + i] ?? 0;
    if ((next & 0xc0) !== 0x80) return -1;
    point = (point << 6) | (next & 0x3f);
  }
  const surrogate = point >= 0xd800 && point < 0xe000;
  const shortest = [0, 0, 0x80, 0x800, 0x10000][length] ?? 0;
  return surrogate || point < shortest || point > 0x10ffff ? -1 : point;
}
