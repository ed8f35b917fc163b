/** The address space panel: mappings of the instant; folds to a ribbon in narrow columns and opens over the map from there. */
import { type CSSProperties, useLayoutEffect, useMemo, useRef, useState } from "react";
import { panelTexts } from "../../i18n/panels";
import { threadState } from "../../abi/threads";
import { arenaTexts } from "../../i18n/arenas";
import { useHeapPlace, useInstant } from "../../queries";
import { useSize } from "../../render/hooks";
import { arenaName } from "../../scene/bin-names";
import { threadName } from "../../scene/threads";
import { useActions, useUi } from "../../store";
import { ProcessMenu, useProcesses } from "../shared/process-menu";
import { useShown } from "../shared/use-shown";
import { SpaceRibbon, SpaceView } from "./space-view";

/** Narrower than this there is room for the ribbon only. */
const FOLDED = 100;

export function SpacePanel(): React.ReactNode {
  const locale = useUi((state) => state.locale);
  const text = panelTexts[locale];
  const instant = useShown();
  const processes = useProcesses();
  const here = useInstant()?.space.pid === instant?.space.pid;
  const actions = useActions();
  const mapping = useUi((state) => state.mapping);
  const hovered = useUi((state) => state.hover);
  const selection = useUi((state) => state.selection);
  const focused = useUi((state) => state.focused);
  const tree = useUi((state) => state.workspace === "memory");
  const [lowFirst, setLowFirst] = useState(true);
  const box = useRef<HTMLDivElement>(null);
  const { width } = useSize(box);
  const point = hovered ?? selection ?? -1;
  const heap = instant?.heap;
  const shown = useHeapPlace();
  const mapped = useMemo(() => {
    if (heap === undefined || heap.unborn || !here) return null;
    const top = shown?.arena.top ?? heap.bins.top;
    const own = shown?.heap ?? null;
    const { start, end } = own === null ? heap.chunks : { start: own.addr, end: own.addr + own.sizeBytes };
    return { start, end: top > start && top < end ? top : end };
  }, [heap, shown, here]);
  const threads = instant?.threads;
  const space = instant?.space;
  const owners = useMemo(() => {
    const names = new Map<number, string>();
    const alive = (threads ?? []).filter(({ number, state }) => number > 0 && state !== threadState.gone);
    if (alive.length > 0) {
      // Stacks whose guards are no mappings of their own lie in one mapping.
      for (const { start, end } of space?.vmas ?? []) {
        const here = alive.filter(({ stackStart }) => stackStart >= start && stackStart < end).toReversed();
        const owner = here.map(({ number }) => threadName(number)).join(", ");
        if (owner !== "") names.set(start, arenaTexts[locale].threadStack(owner));
      }
    }
    for (const arena of heap?.arenas ?? [])
      for (const { addr } of arena.heaps) names.set(addr, arenaName(heap?.arenas ?? [], arena));
    return names;
  }, [threads, heap, space, locale]);
  const folded = width > 0 && width < FOLDED;
  const [open, setOpen] = useState(false);
  const shows = folded && (open || focused === "space");
  const [place, setPlace] = useState<CSSProperties | null>(null);
  useLayoutEffect(() => {
    const rect = shows ? box.current?.getBoundingClientRect() : undefined;
    setPlace(rect === undefined ? null : { left: rect.left, top: rect.top, height: rect.height });
  }, [shows]);
  const strip = (
    <SpaceView
      {...(processes.length === 0
        ? {}
        : {
            title: (
              <>
                <h2 className="visually-hidden">{text.space.title}</h2>
                <ProcessMenu testId="process-of-strip" />
              </>
            ),
          })}
      space={instant?.space ?? null}
      rsp={instant?.stackPointer ?? -1}
      owners={owners}
      mapped={mapped}
      point={point}
      text={text}
      lowFirst={lowFirst}
      onFlip={() => setLowFirst(!lowFirst)}
      tree={tree}
      onTree={() => {
        actions.setWorkspace(tree ? "heap" : "memory");
        // Where there is one panel at a time, it is the one in the middle.
        actions.setTab("heap");
      }}
      selected={mapping ?? -1}
      onSelect={actions.selectMapping}
    />
  );
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the panel around it has the role; this only hears what happens in it
    <div
      className="space-panel"
      ref={box}
      onPointerEnter={() => setOpen(true)}
      onPointerLeave={() => setOpen(false)}
      onBlur={({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget)) setOpen(false);
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !folded || !open) return;
        event.preventDefault();
        setOpen(false);
      }}
    >
      {!folded && strip}
      {folded && instant !== null && (
        <button
          type="button"
          className="space-unfold"
          aria-label={text.space.expand}
          aria-expanded={shows}
          onClick={() => setOpen(!open)}
        >
          <SpaceRibbon space={instant.space} />
        </button>
      )}
      {place !== null && (
        <div className="space-fly" style={place}>
          {strip}
        </div>
      )}
    </div>
  );
}
