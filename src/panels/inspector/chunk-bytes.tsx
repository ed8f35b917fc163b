/** The bytes of a chunk as they lie in memory, fields coloured and named. */
import type { ChunkDetail } from "../../decode/types";
import type { PanelText } from "../../i18n/panels";
import { stateRole } from "../../render/roles";
import { hex, shortAddress, tail, wordAscii, wordBytes } from "../../render/text";
import { chunkName } from "../../scene/map-labels";
import type { HeapPicture } from "../../scene/types";
import { hexLines } from "./hex-lines";

const MAX_LINES = 14;
const MAX_WORDS = 4096;

interface ChunkBytesProps {
  readonly detail: ChunkDetail;
  readonly picture: HeapPicture;
  readonly text: PanelText;
}

export function ChunkBytes({ detail, picture, text }: ChunkBytesProps): React.ReactNode {
  const word = picture.abi.wordBytes;
  const fields = new Map(detail.fields.map((field) => [field.addr, field]));
  const changed = new Map(picture.changed.map((change) => [change.addr, change]));
  // The block ends with the next chunk's first word: its own data or its footer.
  const end = detail.addr + detail.sizeBytes + (detail.nextRow >= 0 ? word : 0);
  const lines = hexLines({
    start: detail.addr,
    end,
    wordBytes: word,
    keep: (addr) => fields.has(addr) || changed.has(addr) || addr === end - word,
    read: (addr) => picture.reader.exact(addr),
    maxLines: MAX_LINES,
    maxWords: MAX_WORDS,
  });
  const previous = detail.prevRow < 0 ? "" : chunkName(picture, detail.prevRow);
  const next = detail.nextRow < 0 ? "" : chunkName(picture, detail.nextRow) || shortAddress(detail.addr + detail.sizeBytes);
  const meaning = (addr: number, value: bigint | null): string => {
    if (addr === detail.addr && fields.get(addr)?.valid !== true)
      return previous === "" ? text.inspector.ownData : text.inspector.userDataOf(previous);
    if (addr === detail.addr + word) return `size ${hex(detail.sizeWord)}`;
    if (addr === end - word && detail.nextRow >= 0) return `${next}.prev_size`;
    const field = fields.get(addr);
    if (field?.valid === true) return field.name;
    return value === null ? "" : wordAscii(value, word);
  };
  const kind = (addr: number): string => {
    if (addr === detail.addr + word) return "head";
    if (addr === detail.addr) return fields.get(addr)?.valid === true ? "field" : "other";
    return fields.get(addr)?.valid === true || (addr === end - word && detail.bin >= 0) ? "field" : "data";
  };
  return (
    <section>
      <h3>
        {text.inspector.bytes}
        <span className="right mono">
          {shortAddress(detail.addr)} – {shortAddress(end - 1)}
        </span>
      </h3>
      <div className="hex" data-role={stateRole[detail.state]}>
        {lines.map((line) =>
          line.kind === "fold" ? (
            <span key={line.addr} className="hex-fold">
              {line.value === null
                ? text.inspector.moreBytes(hex(line.count * word))
                : text.inspector.sameBytes(hex(line.count * word), foldedByte(line.value))}
            </span>
          ) : (
            <div key={line.addr} className="hex-line" data-kind={kind(line.addr)} data-changed={changed.has(line.addr)}>
              <span className="hex-addr">{tail(line.addr)}</span>
              <span className="hex-bytes">{line.value === null ? "?? ".repeat(word).trim() : wordBytes(line.value, word)}</span>
              <span className="hex-meaning">{meaning(line.addr, line.value)}</span>
            </div>
          ),
        )}
      </div>
    </section>
  );
}

/** A word of equal bytes is told by one of them, any other by its value. */
function foldedByte(value: bigint): string {
  const bytes = wordBytes(value, 8).split(" ");
  const [first = "00"] = bytes;
  return bytes.every((byte) => byte === first) ? first : hex(value);
}
