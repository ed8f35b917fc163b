/** The address space as a strip one can point at and walk with the arrow keys. Draws again only what changed. */
import { memo, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { AddressSpace } from "../../decode/types";
import { mapsLine } from "../../decode/vmas";
import type { PanelText } from "../../i18n/panels";
import { useLatest, useSame } from "../../render/hooks";
import "../../render/svg/figures.css";
import { drawSpace, markSpace, type SpaceWords } from "../../render/svg/space";
import type { SpaceScene } from "../../scene/strip-types";
import "./space-strip.css";
import { vmaName } from "./vma-name";
import { actOnKey } from "./grid-keys";

const PAGE = 4096;

/** What the words on the strip depend on, besides the mappings. */
interface Worded {
  readonly text: PanelText;
  /** Mappings that belong to a thread or an arena, by the address they start at. */
  readonly owners: ReadonlyMap<number, string> | undefined;
  /** Start of what the chunk map shows, −1 none. */
  readonly mapped: number;
  /** What the ribbon spans. */
  readonly ribbon: string;
}

/** A mapping under the pointer, and where that is in the window. */
export interface Hovered {
  readonly start: number;
  readonly x: number;
  readonly y: number;
}

interface SpaceStripProps extends Worded {
  readonly space: AddressSpace;
  readonly scene: SpaceScene;
  /** Starts of mappings, −1 none. */
  readonly selected: number;
  readonly hovered: number;
  readonly onSelect: (start: number | null) => void;
  readonly onHover: (hovered: Hovered | null) => void;
}

function wordsOf({ text, owners, mapped, ribbon }: Worded): SpaceWords {
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
    ribbon: text.space.trueScale(ribbon),
    view: text.space.view,
    brk: "brk",
  };
}

export function SpaceStrip(props: SpaceStripProps): React.ReactNode {
  const { space, scene: laid, owners, mapped, text, ribbon, selected, hovered, onSelect, onHover } = props;
  const svg = useRef<SVGSVGElement>(null);
  // Most steps neither map nor touch a page: then nothing is drawn again.
  const shown = useSame(
    useMemo(
      () => ({
        scene: laid,
        space,
        owners,
        mapped,
        key: `${JSON.stringify(laid)} ${space.vmas.map((vma) => `${vma.name}${vma.read}${vma.write}${vma.exec}${vma.residentPages}`).join()} ${[...(owners ?? [])].join()}`,
      }),
      [laid, space, owners, mapped],
    ),
    (one, other) => one.key === other.key,
  );
  const { scene } = shown;
  const selectedNow = useLatest(selected);
  useLayoutEffect(() => {
    if (svg.current === null) return;
    const marks = { selected: selectedNow.current, hovered: -1 };
    const words = wordsOf({ text, owners: shown.owners, mapped: shown.mapped, ribbon });
    drawSpace(svg.current, shown.scene, shown.space.vmas, marks, words);
  }, [shown, text, ribbon, selectedNow]);
  useEffect(() => {
    if (svg.current !== null) markSpace(svg.current, { selected, hovered });
  }, [hovered, selected]);

  const startUnder = (target: EventTarget): number | null => {
    const start = target instanceof Element ? target.closest("[data-start]")?.getAttribute("data-start") : null;
    return start === null || start === undefined ? null : Number(start);
  };
  return (
    <>
      <svg
        ref={svg}
        className="figure space"
        aria-hidden="true"
        width={scene.viewWidth}
        height={scene.viewHeight}
        onMouseDown={(event) => event.preventDefault()}
        onPointerMove={(event) => {
          const start = startUnder(event.target);
          onHover(start === null ? null : { start, x: event.clientX, y: event.clientY });
        }}
        onPointerLeave={() => onHover(null)}
        onClick={(event) => {
          const start = startUnder(event.target);
          if (start !== null) onSelect(start);
        }}
      />
      <SpaceGrid scene={scene} space={shown.space} owners={shown.owners} text={text} selected={selected} onSelect={onSelect} />
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
  const selectedAt = ordered.findIndex((vma) => vma.start === selected);
  const at = selectedAt >= 0 ? selectedAt : Math.max(0, Math.min(ordered.length - 1, chosen));
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
  return (
    <div
      className="space-grid"
      role="grid"
      aria-label={text.space.gridLabel}
      ref={grid}
      onKeyDown={(event) => actOnKey(event, moves)}
    >
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
