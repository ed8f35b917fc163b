/** The mappings as a view of its properties: strip with ribbon, flip button, tooltip with the line of /proc/self/maps. */
import { ArrowDownUp, Network } from "lucide-react";
import { type KeyboardEvent, memo, type ReactNode, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { AddressSpace } from "../../decode/types";
import { mapsLine } from "../../decode/vmas";
import type { PanelText } from "../../i18n/panels";
import { useLatest, useSame, useSize } from "../../render/hooks";
import { vmaRole } from "../../render/roles";
import "../../render/svg/figures.css";
import { drawSpace, markSpace, type SpaceWords } from "../../render/svg/space";
import { spaceScene } from "../../scene/address-space";
import { sizeText } from "../../scene/sizes";
import type { SpaceScene } from "../../scene/types";
import { IconButton } from "../../ui";
import { vmaName } from "../shared/vma-name";
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

function wordsOf(space: AddressSpace, text: PanelText, owners?: ReadonlyMap<number, string>, mapped = -1): SpaceWords {
  return {
    name: (vma) => vmaName(vma, text, owners),
    notes: (vma) => {
      const pages = (vma.end - vma.start) / PAGE;
      if (vma.kind === "heap") return [text.space.pages(pages), text.space.inRam(vma.residentPages)];
      // The sign of the map stands there.
      if (vma.kind === "mmap" && vma.start === mapped) return [];
      if (vma.kind === "mmap") return [text.space.resident(vma.residentPages, pages)];
      return vma.kind === "stack" ? [text.space.inRam(vma.residentPages)] : [];
    },
    gap: text.space.gap,
    ribbon: text.space.trueScale(sizeText(space.taskSize)),
    view: text.space.view,
    brk: "brk",
  };
}

export function SpaceView(props: SpaceViewProps): React.ReactNode {
  const { space, rsp, owners, mapped, point, text, lowFirst, selected, onSelect } = props;
  const box = useRef<HTMLDivElement>(null);
  const svg = useRef<SVGSVGElement>(null);
  const { width, height } = useSize(box);
  const [hover, setHover] = useState<{ readonly start: number; readonly x: number; readonly y: number } | null>(null);
  const laid = useMemo(
    () =>
      space === null || width < 60
        ? null
        : spaceScene(space, { viewWidth: width, viewHeight: height, lowFirst, rsp, mapped, point }),
    [space, width, height, lowFirst, rsp, mapped, point],
  );
  // Most steps neither map nor touch a page: then nothing is drawn again.
  const start = mapped?.start ?? -1;
  const shown = useSame(
    useMemo(
      () => ({
        scene: laid,
        space,
        owners,
        mapped: start,
        key:
          space === null
            ? ""
            : `${JSON.stringify(laid)} ${space.vmas.map((vma) => `${vma.name}${vma.read}${vma.write}${vma.exec}${vma.residentPages}`).join()} ${[...(owners ?? [])].join()}`,
      }),
      [laid, space, owners, start],
    ),
    (one, other) => one.key === other.key,
  );
  const { scene } = shown;
  const hovered = hover?.start ?? -1;
  const selectedNow = useLatest(selected);
  useLayoutEffect(() => {
    if (svg.current !== null && shown.scene !== null && shown.space !== null) {
      drawSpace(
        svg.current,
        shown.scene,
        shown.space.vmas,
        { selected: selectedNow.current, hovered: -1 },
        wordsOf(shown.space, text, shown.owners, shown.mapped),
      );
    }
  }, [shown, text, selectedNow]);
  useEffect(() => {
    if (svg.current !== null) markSpace(svg.current, { selected, hovered });
  }, [hovered, selected]);

  const startUnder = (target: EventTarget): number | null => {
    const start = target instanceof Element ? target.closest("[data-start]")?.getAttribute("data-start") : null;
    return start === null || start === undefined ? null : Number(start);
  };
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
          <>
            <svg
              ref={svg}
              className="figure space"
              aria-hidden="true"
              width={width}
              height={scene.viewHeight}
              onMouseDown={(event) => event.preventDefault()}
              onPointerMove={(event) => {
                const start = startUnder(event.target);
                const at = box.current?.getBoundingClientRect();
                setHover(start === null || at === undefined ? null : { start, x: event.clientX, y: event.clientY });
              }}
              onPointerLeave={() => setHover(null)}
              onClick={(event) => {
                const start = startUnder(event.target);
                if (start !== null) onSelect(start);
              }}
            />
            <SpaceGrid
              scene={scene}
              space={shown.space ?? space}
              owners={shown.owners}
              text={text}
              selected={selected}
              onSelect={onSelect}
            />
          </>
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

interface GridProps {
  readonly scene: SpaceScene;
  readonly space: AddressSpace;
  readonly owners: ReadonlyMap<number, string> | undefined;
  readonly text: PanelText;
  readonly selected: number;
  readonly onSelect: (start: number | null) => void;
}

/** The mappings for keyboard and screen reader: one tab stop, arrow keys between mappings. */
const SpaceGrid = memo(function SpaceGrid({ scene, space, owners, text, selected, onSelect }: GridProps): React.ReactNode {
  const grid = useRef<HTMLDivElement>(null);
  const [chosen, setChosen] = useState(0);
  const ordered = scene.vmas.toSorted((a, b) => a.y - b.y);
  const at = Math.max(
    0,
    Math.min(
      ordered.length - 1,
      ordered.findIndex((vma) => vma.start === selected) >= 0 ? ordered.findIndex((vma) => vma.start === selected) : chosen,
    ),
  );
  const go = (next: number): void => {
    const target = Math.max(0, Math.min(ordered.length - 1, next));
    setChosen(target);
    onSelect(ordered[target]?.start ?? null);
    grid.current?.querySelector<HTMLElement>(`[data-cell="${target}"]`)?.focus();
  };
  const moves: Readonly<Record<string, () => void>> = {
    ArrowUp: () => go(at - 1),
    ArrowDown: () => go(at + 1),
    Home: () => go(0),
    End: () => go(ordered.length - 1),
    Enter: () => go(at),
    " ": () => go(at),
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const act = event.altKey || event.ctrlKey || event.metaKey || event.shiftKey ? undefined : moves[event.key];
    if (act === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  return (
    <div className="space-grid" role="grid" aria-label={text.space.gridLabel} ref={grid} onKeyDown={onKeyDown}>
      {ordered.map((vma, i) => {
        const facts = space.vmas[vma.index];
        return facts === undefined ? null : (
          <div role="row" key={vma.start}>
            <div
              role="gridcell"
              className="space-cell"
              data-cell={i}
              tabIndex={i === at ? 0 : -1}
              aria-selected={vma.start === selected}
              aria-label={`${vmaName(facts, text, owners)}, ${text.space.kind[facts.kind]}, ${mapsLine(facts).slice(0, 40)}, ${text.space.resident(facts.residentPages, (facts.end - facts.start) / PAGE)}`}
              style={{ left: vma.x, top: vma.y, width: vma.width, height: vma.height }}
            />
          </div>
        );
      })}
    </div>
  );
});

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
