/** Chunks side by side: a list's entries, or a heap from its start to top. */
import { rowOf } from "../../decode/chunk-table";
import type { BinList } from "../../decode/types";
import { roleOfCode } from "../../render/roles";
import { hex } from "../../render/text";
import { chunkName } from "../../scene/map-labels";
import type { HeapPicture } from "../../scene/types";
import { useActions, useUi } from "../../store";

interface ChunkChipProps {
  readonly picture: HeapPicture;
  readonly addr: number;
  /** Share of the row; absent: as wide as its name. */
  readonly weight?: number;
}

function ChunkChip({ picture, addr, weight }: ChunkChipProps) {
  const actions = useActions();
  const selected = useUi((state) => state.selection === addr);
  const row = rowOf(picture.chunks, addr);
  const name = row < 0 ? "" : chunkName(picture, row);
  const short = name === "tcache_perthread_struct" ? "tcache" : name;
  return (
    <button
      type="button"
      className="chunk-chip"
      data-role={row < 0 ? "bad" : roleOfCode(picture.chunks.state[row] ?? 0)}
      data-selected={selected}
      style={weight === undefined ? undefined : { flex: `${weight} 1 0` }}
      title={`${name === "" ? hex(addr) : name} · ${hex(picture.chunks.size[row] ?? 0)} · ${hex(addr)}`}
      onClick={() => actions.select(addr)}
    >
      {short === "" ? `…${addr.toString(16).slice(-4)}` : short}
    </button>
  );
}

const LIST_LIMIT = 7;

/** A list, head first. */
export function ListRow({
  picture,
  list,
  label,
}: {
  readonly picture: HeapPicture;
  readonly list: BinList;
  readonly label: string;
}) {
  const entries = [...list.entries.subarray(0, LIST_LIMIT)];
  const more = list.entries.length - entries.length;
  return (
    <div className="list-row">
      <span className="mono list-size">{label}</span>
      <span className="list-nodes">
        {entries.map((addr) => (
          <ChunkChip key={addr} picture={picture} addr={addr} />
        ))}
        {more > 0 ? <span className="dim">⋯ {more}</span> : null}
      </span>
      <span className="dim mono" aria-hidden="true">
        {list.end === "ring" ? "↺" : "∅"}
      </span>
    </div>
  );
}

const BLOCKS = 14;

/** The heap's chunks in address order; widths grow with the size, but slowly. The middle of a long heap is left out. */
export function HeapRow({ picture }: { readonly picture: HeapPicture }) {
  const { chunks } = picture;
  const all = Array.from({ length: chunks.heapCount }, (_, row) => row);
  const shown = all.length <= BLOCKS ? all : [...all.slice(0, BLOCKS / 2), ...all.slice(-BLOCKS / 2)];
  return (
    <div className="heap-row">
      {shown.map((row, i) => (
        <span key={row} className="heap-part" style={{ flex: `${weightOf(chunks.size[row] ?? 0)} 1 0` }}>
          {i === BLOCKS / 2 && shown.length < all.length ? (
            <span className="dim heap-gap">⋯{all.length - shown.length}</span>
          ) : null}
          <ChunkChip picture={picture} addr={chunks.addr[row] ?? 0} weight={1} />
        </span>
      ))}
    </div>
  );
}

const weightOf = (size: number): number => Math.max(1, Math.log2(Math.max(16, size)) - 3);
