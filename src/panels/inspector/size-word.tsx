/** The size word taken apart: the size, and the three flag bits as boxes with what they mean here. */
import { chunkFlag, type ChunkDetail } from "../../decode/types";
import type { PanelText } from "../../i18n/panels";
import { hex } from "../../render/text";

const flags = [
  ["A", chunkFlag.nonMainArena],
  ["M", chunkFlag.isMmapped],
  ["P", chunkFlag.prevInuse],
] as const;

export function SizeWord({
  detail,
  previous,
  arena,
  wordBytes,
  text,
}: {
  readonly detail: ChunkDetail;
  readonly previous: string;
  /** Index of the chunk's arena. */
  readonly arena: number;
  readonly wordBytes: number;
  readonly text: PanelText;
}): React.ReactNode {
  const { inspector } = text;
  const mapped = (detail.flags & chunkFlag.isMmapped) !== 0;
  const before = previous === "" ? inspector.thePrevious : previous;
  const second = mapped
    ? inspector.mmapped
    : (detail.flags & chunkFlag.nonMainArena) !== 0
      ? inspector.otherArena
      : arena > 0
        ? inspector.freeElsewhere
        : inspector.mainArena;
  return (
    <section>
      <h3>
        {inspector.sizeWord}
        <span className="right mono">0x{detail.sizeWord.toString(16).padStart(2 * wordBytes, "0")}</span>
      </h3>
      <div className="size-word">
        <span className="mono size-value">{hex(detail.sizeBytes)} │</span>
        {flags.map(([name, bit]) => (
          <span key={name} className="flag" data-on={(detail.flags & bit) !== 0}>
            <b className="mono">{(detail.flags & bit) !== 0 ? 1 : 0}</b>
            <i className="mono">{name}</i>
          </span>
        ))}
        <span className="size-sentence">
          {!mapped &&
            ((detail.flags & chunkFlag.prevInuse) !== 0 ? inspector.previousInUse(before) : inspector.previousFree(before))}
          {!mapped && <br />}
          {second}
        </span>
      </div>
    </section>
  );
}
