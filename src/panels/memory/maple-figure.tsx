/** The maple tree: a row a level, the node on the way open, its siblings folded. */
import { useMemo } from "react";
import { MAPLE_END } from "../../abi/maple";
import type { FindWalk } from "../../decode/find-vma";
import type { MapleTree } from "../../decode/vma-tree-types";
import { type MapleBox, type MapleSlotBox, mapleScene, type TreeEdge } from "../../scene/vma-tree";
import { sizeText } from "../../scene/sizes";
import { clip, ending, type FigureProps, progress } from "./names";

type Props = FigureProps & { readonly tree: MapleTree; readonly walk: FindWalk };

export function MapleFigure(props: Props) {
  const { tree, walk, width, text, made, written } = props;
  const scene = useMemo(() => mapleScene(tree, walk, width), [tree, walk, width]);
  return (
    <svg className="index-figure" width={width} height={scene.viewHeight} aria-hidden="true">
      {scene.edges.map((edge) => (
        <Edge key={`${edge.x1} ${edge.x2} ${edge.y1}`} edge={edge} made={made} />
      ))}
      {scene.boxes.map((box) => (
        <NodeBox key={box.node} box={box} {...props} />
      ))}
      {tree.height > 0 ? (
        <text className="index-note" x={12} y={scene.viewHeight - 6}>
          {`mm_mt · ${text.height(tree.height)}${written.size > 0 ? ` · ${text.written}` : ""}`}
        </text>
      ) : null}
    </svg>
  );
}

export function Edge({ edge: { x1, y1, x2, y2, step }, made }: { readonly edge: TreeEdge; readonly made: number }) {
  const middle = (y1 + y2) / 2;
  // The way leaves a node with the decision that was made there.
  return (
    <path
      className="index-edge"
      data-step={progress(step, made)}
      d={`M${x1} ${y1}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}`}
    />
  );
}

function NodeBox({ box, tree, text, labels, made, selected, onSelect, written }: Props & { readonly box: MapleBox }) {
  const node = tree.nodes[box.node];
  if (node === undefined) return null;
  const open = box.step >= 0;
  const reached = open && box.step <= made;
  return (
    <g className="index-node" data-step={open ? progress(box.step, made) : "off"} data-written={written.has(node.at)}>
      {open ? (
        <text className="index-title" x={box.x} y={box.y - 5}>
          {clip(
            `maple_${node.kind === "leaf" ? "leaf" : "arange"}_64 · ${text.slots(node.slots.length, node.capacity)}${node.kind === "leaf" ? "" : ` · ${text.gapServes}`}`,
            box.width - 70,
          )}
        </text>
      ) : null}
      {open ? (
        <text className="index-title end" x={box.x + box.width} y={box.y - 5}>
          {`0x${node.at.toString(16)}`}
        </text>
      ) : null}
      {box.slots.map((slot, offset) => (
        <SlotBox
          key={slot.start}
          slot={slot}
          offset={offset}
          box={box}
          state={slot.taken && reached ? progress(box.step, made) : "off"}
          label={labels.get(slot.start)}
          text={text}
          selected={slot.vma !== 0 && slot.start === selected}
          onSelect={onSelect}
        />
      ))}
      <rect className="index-frame" x={box.x} y={box.y} width={box.width} height={box.height} rx={3} />
      {open ? null : (
        <text className="index-note middle" x={box.x + box.width / 2} y={box.y + box.height + 12}>
          {node.slots.length}
        </text>
      )}
    </g>
  );
}

interface SlotProps {
  readonly slot: MapleSlotBox;
  readonly offset: number;
  readonly box: MapleBox;
  readonly state: ReturnType<typeof progress>;
  readonly label: ReturnType<FigureProps["labels"]["get"]>;
  readonly text: FigureProps["text"];
  readonly selected: boolean;
  readonly onSelect: (start: number) => void;
}

function SlotBox({ slot, offset, box, state, label, text, selected, onSelect }: SlotProps) {
  const { x, width } = slot;
  const kind = slot.vma !== 0 ? "vma" : slot.child >= 0 ? "node" : "null";
  const open = box.step >= 0;
  const upper = kind === "vma" ? (label?.name ?? "VMA") : kind === "node" ? `slot ${offset}` : "NULL";
  const size = slot.end < MAPLE_END ? sizeText(slot.gap) : "16 EiB";
  const lower =
    kind === "vma" ? (label?.perms ?? "") : kind === "node" ? text.gap(slot.gap > 2 ** 60 ? "16 EiB" : sizeText(slot.gap)) : size;
  const last = slot.end < MAPLE_END ? ending(slot.end - 1) : "ffff…ffff";
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the strip beside it offers the same choice to the keyboard
    <g
      className="index-slot"
      data-kind={kind}
      data-role={label?.role}
      data-step={state}
      data-selected={selected}
      onClick={kind === "vma" ? () => onSelect(slot.start) : undefined}
    >
      <title>{`slot ${offset}: 0x${slot.start.toString(16)}–${slot.end < MAPLE_END ? `0x${(slot.end - 1).toString(16)}` : "0xffffffffffffffff"} ${kind === "null" ? "NULL" : upper}`}</title>
      <rect x={x} y={box.y} width={width} height={box.height} />
      {open && width >= 24 ? (
        <>
          <text className="index-name" x={x + width / 2} y={box.y + 18}>
            {clip(upper, width - 4)}
          </text>
          <text className="index-perms" x={x + width / 2} y={box.y + 33}>
            {clip(lower, width - 2)}
          </text>
          <text className="index-pivot" x={x + width - 2} y={box.y + box.height + 12}>
            {width >= 58 ? last : width >= 32 ? last.slice(-5) : ""}
          </text>
        </>
      ) : null}
    </g>
  );
}
