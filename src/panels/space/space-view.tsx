/** The mappings as a view of its properties: strip with ribbon, flip button, tooltip with the line of /proc/self/maps. */
import { ArrowDownUp, Network } from "lucide-react";
import { type ReactNode, useMemo, useRef, useState } from "react";
import type { AddressSpace } from "../../decode/types";
import { mapsLine } from "../../decode/vmas";
import type { PanelText } from "../../i18n/panels";
import { useSize } from "../../render/hooks";
import { vmaRole } from "../../render/roles";
import { spaceScene } from "../../scene/address-space";
import { sizeText } from "../../scene/sizes";
import { IconButton } from "../../ui";
import { type Hovered, SpaceStrip } from "../shared/space-strip";
import "./space.css";

const PAGE = 4096;

export interface SpaceViewProps {
  /** In the place of the heading. */
  readonly title?: ReactNode;
  readonly space: AddressSpace | null;
  readonly rsp: number;
  /** Mappings that belong to a thread or an arena, by the address they start at. */
  readonly owners?: ReadonlyMap<number, string>;
  /** Range that the chunk map shows. */
  readonly mapped: { readonly start: number; readonly end: number } | null;
  /** Address of the hovered or selected chunk, −1 none. */
  readonly point: number;
  readonly text: PanelText;
  readonly lowFirst: boolean;
  readonly onFlip: () => void;
  /** The tree of the mappings stands beside them. */
  readonly tree: boolean;
  readonly onTree: () => void;
  readonly selected: number;
  readonly onSelect: (start: number | null) => void;
}

export function SpaceView(props: SpaceViewProps): React.ReactNode {
  const { space, rsp, owners, mapped, point, text, lowFirst, selected, onSelect } = props;
  const box = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(box);
  const [hover, setHover] = useState<Hovered | null>(null);
  const scene = useMemo(
    () =>
      space === null || width < 60
        ? null
        : spaceScene(space, { viewWidth: width, viewHeight: height, lowFirst, rsp, mapped, point }),
    [space, width, height, lowFirst, rsp, mapped, point],
  );
  const hovered = hover?.start ?? -1;
  const vma = space?.vmas.find((entry) => entry.start === hovered);
  return (
    <>
      <header className="panel-head">
        {props.title ?? <h2 title={text.space.title}>{text.space.title}</h2>}
        <span className="grow" />
        <IconButton label={text.space.tree} onPress={props.onTree} pressed={props.tree} testId="vma-tree">
          <Network size={14} />
        </IconButton>
        <IconButton label={text.space.flip} onPress={props.onFlip} pressed={!lowFirst}>
          <ArrowDownUp size={14} />
        </IconButton>
      </header>
      <div className="panel-body space-body" ref={box}>
        {scene !== null && space !== null && space.vmas.length > 0 && (
          <SpaceStrip
            space={space}
            scene={scene}
            owners={owners}
            mapped={mapped?.start ?? -1}
            text={text}
            ribbon={sizeText(space.taskSize)}
            selected={selected}
            hovered={hovered}
            onSelect={onSelect}
            onHover={setHover}
          />
        )}
      </div>
      {hover !== null && vma !== undefined && (
        <div
          className="space-tip"
          aria-hidden="true"
          style={{ left: Math.min(hover.x + 14, window.innerWidth - 560), top: Math.min(hover.y + 14, window.innerHeight - 70) }}
        >
          <code>{mapsLine(vma)}</code>
          <span>{text.space.resident(vma.residentPages, (vma.end - vma.start) / PAGE)}</span>
        </div>
      )}
    </>
  );
}

/** 28 pixels: at true scale the mappings would be invisible, so they stand one under the other. */
export function SpaceRibbon({ space }: { readonly space: AddressSpace }): React.ReactNode {
  return (
    <div className="space-ribbon" aria-hidden="true">
      {space.vmas.map((vma) => (
        <span key={vma.start} data-vma={vmaRole[vma.kind]} data-kind={vma.kind} />
      ))}
    </div>
  );
}
