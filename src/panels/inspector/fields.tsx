/** The header's words: those that are fields in this state with value and target, the others greyed with whose data they are. */
import { rowOf } from "../../decode/chunk-table";
import type { ChunkDetail, ChunkField } from "../../decode/types";
import type { PanelText } from "../../i18n/panels";
import { hex, shortAddress } from "../../render/text";
import { headerName } from "../../scene/bin-names";
import { chunkName } from "../../scene/map-labels";
import type { HeapPicture } from "../../scene/types";
import { useActions } from "../../store";

interface FieldsProps {
  readonly detail: ChunkDetail;
  readonly picture: HeapPicture;
  readonly text: PanelText;
}

function nameAt(picture: HeapPicture, chunkAddr: number): string {
  const row = rowOf(picture.chunks, chunkAddr);
  return (row < 0 ? "" : chunkName(picture, row)) || shortAddress(chunkAddr);
}

function flagText(value: bigint): string {
  const names = [value & 4n ? "A" : "", value & 2n ? "M" : "", value & 1n ? "P" : ""].filter((name) => name !== "");
  return names.length === 0 ? "" : `${hex(value & ~7n)} | ${names.join(" ")}`;
}

/** What stands at the right of a field. */
function noteOf(field: ChunkField, text: PanelText): string {
  if (!field.valid) return text.inspector.notAField;
  if (field.name === "size") return flagText(field.value ?? 0n);
  if (field.name === "key") return "= tcache_key";
  if (field.mangled) return `${hex(field.value ?? 0n)} ⊕`;
  return field.target > 0 && field.targetBin < 0 ? shortAddress(field.target) : "";
}

export function Fields({ detail, picture, text }: FieldsProps): React.ReactNode {
  const actions = useActions();
  const changed = new Set(picture.changed.map((change) => change.addr));
  const value = (field: ChunkField): React.ReactNode => {
    if (field.value === null) return text.inspector.unreadable;
    if (!field.valid && field.ownerChunk >= 0) return text.inspector.userDataOf(nameAt(picture, field.ownerChunk));
    const list = picture.lists[field.targetBin];
    if (list !== undefined) return `→ ${headerName(list, picture.arenas)}`;
    if (field.target === 0) return "→ ∅";
    if (field.targetChunk < 0) return hex(field.value);
    return (
      <button
        type="button"
        className="pointer"
        onClick={() => actions.follow(field.targetChunk)}
        onPointerEnter={() => actions.hover(field.targetChunk)}
        onPointerLeave={() => actions.hover(null)}
      >
        → {nameAt(picture, field.targetChunk)}
      </button>
    );
  };
  if (detail.fields.length === 0) return null;
  return (
    <section>
      <h3>{text.inspector.fieldsValid(text.state[detail.state])}</h3>
      <div className="fields">
        {detail.fields.map((field) => (
          <div
            key={field.name}
            className="field-line"
            data-valid={field.valid}
            data-changed={changed.has(field.addr)}
            title={`${hex(field.addr)}: ${field.value === null ? text.inspector.unreadable : hex(field.value)}`}
          >
            <span className="mono field-name">{field.name}</span>
            <span className="mono field-value">{value(field)}</span>
            <span className="right">{noteOf(field, text)}</span>
          </div>
        ))}
      </div>
    </section>
  );
}
