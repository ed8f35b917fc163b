/** The red-black tree, and the list below it: x is the same in both. */
import { useMemo } from "react";
import type { FindWalk } from "../../decode/find-vma";
import type { RbTree } from "../../decode/vma-tree-types";
import { rbScene } from "../../scene/vma-tree";
import { Edge } from "./maple-figure";
import { type FigureProps, progress } from "./names";

type Props = FigureProps & { readonly tree: RbTree; readonly walk: FindWalk };

/** The three digits of the page number that tell neighbours apart. */
const page = (addr: number): string =>
  Math.floor(addr / 4096)
    .toString(16)
    .slice(-3);

export function RbFigure({ tree, walk, width, text, labels, made, selected, onSelect, written }: Props) {
  const scene = useMemo(() => rbScene(tree, walk, width), [tree, walk, width]);
  const { pillWidth, pillHeight, listY, listWidth } = scene;
  return (
    <svg className="index-figure" width={width} height={scene.viewHeight} aria-hidden="true">
      {scene.edges.map((edge) => (
        <Edge key={`${edge.x1} ${edge.x2}`} edge={edge} made={made} />
      ))}
      {scene.pills.map((pill) => {
        const node = tree.nodes[pill.node];
        if (node === undefined) return null;
        const label = labels.get(node.start);
        const title = `0x${node.start.toString(16)}–0x${node.end.toString(16)} ${label?.name ?? ""} · rb_subtree_gap 0x${node.subtreeGap.toString(16)}`;
        const common = {
          "data-role": label?.role,
          "data-step": progress(pill.step, made),
          "data-selected": node.start === selected,
          onClick: () => onSelect(node.start),
        };
        return (
          <g key={node.vma}>
            <g className="index-pill" data-red={node.red} data-written={written.has(node.vma)} {...common}>
              <title>{title}</title>
              <rect x={pill.x - pillWidth / 2} y={pill.y} width={pillWidth} height={pillHeight} rx={pillHeight / 2} />
              {pillWidth >= 24 ? (
                <text className="index-name" x={pill.x} y={pill.y + 14}>
                  {page(node.start)}
                </text>
              ) : null}
            </g>
            {pill.hidden > 0 ? (
              <text className="index-note middle" x={pill.x} y={pill.y + pillHeight + 12}>
                <title>{text.hidden(pill.hidden)}</title>
                {`▵${pill.hidden}`}
              </text>
            ) : null}
            <g className="index-list" {...common}>
              <rect x={pill.x - listWidth / 2} y={listY} width={listWidth} height={16} rx={2} />
            </g>
          </g>
        );
      })}
      <text className="index-note" x={12} y={scene.viewHeight - 6}>
        {`mm_rb · ${text.ring} · ${text.list}`}
      </text>
    </svg>
  );
}
