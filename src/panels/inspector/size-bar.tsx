/** A chunk's bytes to scale of roles, not of size: header word, usable bytes, and the word borrowed from the next chunk. */
import type { ChunkDetail } from "../../decode/types";
import type { PanelText } from "../../i18n/panels";
import { patternUrl } from "../../render/svg/defs";
import { stateRole } from "../../render/roles";
import { hex } from "../../render/text";

interface SizeBarProps {
  readonly detail: ChunkDetail;
  readonly wordBytes: number;
  readonly asked: number | null;
  readonly text: PanelText;
}

export function SizeBar({ detail, wordBytes, asked, text }: SizeBarProps): React.ReactNode {
  const borrows = detail.state !== "top" && detail.state !== "mmapped" && detail.usableBytes > 0;
  const header = detail.state === "mmapped" ? 2 * wordBytes : wordBytes;
  return (
    <section>
      <svg className="figure size-bar" width="100%" height="18" aria-hidden="true">
        <rect className="head" x="0" y="1" width="32" height="16" />
        <rect className="body" x="32" y="1" width="100%" height="16" />
        <rect x="32" y="1" width="100%" height="16" fill={patternUrl(stateRole[detail.state])} />
        <text className="head-text" x="16" y="12.8" textAnchor="middle">
          {header}
        </text>
        <text className="body-text" x="50%" y="12.8" textAnchor="middle">
          {text.inspector.usable(hex(detail.usableBytes))}
        </text>
        {borrows && (
          <svg x="100%" width="34" height="18" overflow="visible">
            <rect className="tail" x="-33" y="1" width="32" height="16" />
            <text className="tail-text" x="-17" y="12.8" textAnchor="middle">
              +{wordBytes}
            </text>
          </svg>
        )}
      </svg>
      <div className="size-legend">
        <span>{text.inspector.chunkSize(hex(detail.sizeBytes))}</span>
        {asked !== null && <span>{text.inspector.asked(hex(asked))}</span>}
        {borrows && <span className="right">{text.inspector.borrows}</span>}
      </div>
    </section>
  );
}
