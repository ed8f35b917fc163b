/** Everything that leads to a chunk: malloc's own links, variables of the program, and words inside other chunks. */
import type { ChunkPointer } from "../../decode/names";
import type { PointerHere } from "../../decode/types";
import type { PanelText } from "../../i18n/panels";
import type { Instant } from "../../queries";
import { hex, shortAddress } from "../../render/text";
import { binName, headerName } from "../../scene/bin-names";
import { chunkName } from "../../scene/map-labels";
import { stateRole } from "../../render/roles";
import { chunkStateNames } from "../../decode/types";

interface PointersProps {
  readonly links: readonly PointerHere[];
  readonly words: readonly PointerHere[];
  readonly variables: readonly ChunkPointer[];
  readonly instant: Instant;
  readonly dangling: boolean;
  readonly text: PanelText;
}

const LIMIT = 8;

interface Line {
  readonly key: string;
  readonly role: string;
  readonly what: string;
  readonly note: string;
  readonly bad: boolean;
  readonly changed: boolean;
}

function linkLine(link: PointerHere, instant: Instant, text: PanelText): Line {
  const { picture, heap } = instant;
  const list = heap.lists[link.bin];
  const owner = link.row < 0 ? "" : chunkName(picture, link.row) || shortAddress(heap.chunks.addr[link.row] ?? 0);
  const what = (): string => {
    switch (link.kind) {
      case "top":
        return "main_arena.top";
      case "last_remainder":
        return "main_arena.last_remainder";
      case "prevSize":
        return `${owner}.prev_size`;
      case "bin": {
        if (list === undefined) return hex(link.at);
        const ring = list.kind !== "tcache" && list.kind !== "fast";
        return ring
          ? `${headerName(list, picture.arenas)}.${link.field ?? "fd"}`
          : list.kind === "tcache"
            ? `tcache→entries[${list.index}]`
            : `fastbinsY[${list.index}]`;
      }
      case "chunk":
        return link.field === null ? owner : `${owner}.${link.field}`;
    }
  };
  const note = link.kind === "prevSize" ? text.inspector.byOffset : list === undefined ? shortAddress(link.at) : binName(list);
  const role = link.row >= 0 ? stateRole[chunkStateNames[heap.chunks.state[link.row] ?? 0] ?? "inuse"] : (list?.kind ?? "meta");
  return {
    key: `${link.kind} ${link.at}`,
    role,
    what: what(),
    note,
    bad: false,
    changed: picture.changed.some((change) => change.addr === link.at),
  };
}

function variableLine({ pointer, offset }: ChunkPointer, dangling: boolean, text: PanelText): Line {
  const where = pointer.frame < 0 ? "" : `${pointer.functionName}: `;
  const star = pointer.typeText.endsWith("*") ? pointer.typeText : `${pointer.typeText} `;
  const what = `${where}${star}${pointer.path}${offset === 0 ? "" : ` + ${hex(offset)}`}`;
  return {
    key: `v ${pointer.addr} ${pointer.path}`,
    role: dangling ? "bad" : "inuse",
    what,
    note: dangling ? text.inspector.dangling : shortAddress(pointer.addr),
    bad: dangling,
    changed: false,
  };
}

export function Pointers({ links, words, variables, instant, dangling, text }: PointersProps): React.ReactNode {
  const owner = (link: PointerHere): string =>
    link.row < 0 ? "" : chunkName(instant.picture, link.row) || shortAddress(instant.heap.chunks.addr[link.row] ?? 0);
  const shown = new Set(variables.map(({ pointer }) => pointer.addr));
  const lines: Line[] = [
    ...links.map((link) => linkLine(link, instant, text)),
    ...variables.map((variable) => variableLine(variable, dangling, text)),
    ...words
      .filter((word) => !shown.has(word.at))
      .map(
        (word): Line => ({
          key: `w ${word.at}`,
          role: "inuse",
          what: text.inspector.inHeapOf(owner(word)),
          note: shortAddress(word.at),
          bad: dangling,
          changed: false,
        }),
      ),
  ];
  return (
    <section>
      <h3>
        {text.inspector.whoPoints}
        <span className="right">{lines.length}</span>
      </h3>
      {lines.length === 0 && <p className="note">{text.inspector.nobody}</p>}
      {lines.slice(0, LIMIT).map((line) => (
        <div key={line.key} className="pointer-line" data-role={line.role} data-bad={line.bad} data-changed={line.changed}>
          <span className="pointer-mark" aria-hidden="true">
            ▸
          </span>
          <span className="mono pointer-what">{line.what}</span>
          <span className="right">{line.note}</span>
        </div>
      ))}
      {lines.length > LIMIT && <p className="note">{text.bins.more(lines.length - LIMIT)}</p>}
    </section>
  );
}
