/** The program under Linux's four layouts of the address space, at the same statement in each. Fetched when first asked for. */
import { ArrowDownUp } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { layoutsTexts } from "../../i18n/layouts";
import { panelTexts } from "../../i18n/panels";
import { hasLayout } from "../../queries/layouts";
import { cursorAt } from "../../queries/same-moment";
import { useSame, useSize } from "../../render/hooks";
import { spaceScene } from "../../scene/address-space";
import { layoutBar } from "../../scene/layout-bar";
import { regionAt, regionNames } from "../../scene/regions";
import type { SpaceScene } from "../../scene/strip-types";
import { useActions, useUi } from "../../store";
import { ActionButton, IconButton } from "../../ui";
import { MemorySwitch } from "../shared/memory-switch";
import { ColumnFigure, ColumnHead } from "./column";
import { type LayoutFacts, layoutFacts } from "./facts";
import { Legend } from "./legend";
import { Numbers } from "./numbers";
import { type Layouts, useLayouts } from "./use-layouts";
import "./layouts.css";

/** The bar stands where the strip's ribbon does, with room for its brackets. */
const BAR = { x: 40, width: 36 } as const;
/** Height that heads and numbers take. */
const AROUND = 272;

/** Scenes of one height, so that the bars compare. */
function scenesOf(
  drawn: readonly (LayoutFacts | null)[],
  size: { readonly width: number; readonly height: number },
  lowFirst: boolean,
) {
  const sceneOf = (facts: LayoutFacts | null, height: number): SpaceScene | null =>
    facts === null || size.width < 120
      ? null
      : spaceScene(facts.space, {
          viewWidth: size.width,
          viewHeight: size.height,
          lowFirst,
          rsp: -1,
          mapped: null,
          point: -1,
          files: true,
          ribbon: { ...BAR, height, span: 2 ** Math.ceil(Math.log2(facts.space.taskSize)) },
        });
  const highest = Math.max(size.height, ...drawn.map((facts) => sceneOf(facts, 0)?.viewHeight ?? 0));
  return drawn.map((facts) => sceneOf(facts, highest));
}

/** Start of the box that shows the region of that name, −1. */
function boxOf(facts: LayoutFacts | null, scene: SpaceScene | null, name: string | null): number {
  const vma = facts === null || name === null ? undefined : facts.space.vmas[regionAt(facts.space, name)];
  return vma === undefined ? -1 : (scene?.vmas.find(({ start, end }) => vma.start >= start && vma.start < end)?.start ?? -1);
}

function LayoutsPanel() {
  const locale = useUi((state) => state.locale);
  const text = layoutsTexts[locale];
  const layouts = useLayouts();
  const [lowFirst, setLowFirst] = useState(false);
  const line = useUi(({ run, position }) => run?.summary.debug.statements[position?.statement ?? -1]?.span.line ?? 0);
  const moment = layouts?.moment;
  const stopped = layouts?.columns.some(({ answer }) => answer?.kind === "cancelled") === true;
  return (
    <div className="layouts-panel">
      <header className="panel-head">
        <h2>{text.title}</h2>
        <span className="dim layouts-hint" data-testid="layouts-moment">
          {moment === "end" ? text.atEnd : moment === "start" || line === 0 ? text.atStart : text.at(line)}
        </span>
        <span className="grow" />
        {layouts?.busy === true ? (
          <ActionButton onPress={layouts.stop} testId="layouts-stop">
            {text.stop}
          </ActionButton>
        ) : stopped ? (
          <ActionButton onPress={() => layouts?.start()} testId="layouts-start">
            {text.again}
          </ActionButton>
        ) : null}
        <IconButton label={text.flip} onPress={() => setLowFirst(!lowFirst)} pressed={lowFirst} testId="layouts-flip">
          <ArrowDownUp size={14} />
        </IconButton>
        <MemorySwitch />
      </header>
      {layouts === null ? null : <Body layouts={layouts} lowFirst={lowFirst} />}
    </div>
  );
}

function Body({ layouts, lowFirst }: { readonly layouts: Layouts; readonly lowFirst: boolean }) {
  const locale = useUi((state) => state.locale);
  const [text, panelText] = [layoutsTexts[locale], panelTexts[locale]];
  const actions = useActions();
  const run = useUi((state) => state.run);
  const [region, setRegion] = useState<string | null>(null);
  const [hovered, setHovered] = useState<string | null>(null);
  const body = useRef<HTMLDivElement>(null);
  const first = useRef<HTMLDivElement>(null);
  const { height } = useSize(body);
  const { width } = useSize(first);
  const { columns, moment } = layouts;
  // Answers are kept from one step to the next: only those that changed are decoded anew.
  const answers = useSame(
    columns.map(({ answer }) => answer),
    (one, other) => one.every((answer, i) => answer === other[i]),
  );
  const drawn = useMemo(() => answers.map((answer) => (answer?.kind === "seen" ? layoutFacts(answer.space) : null)), [answers]);
  const scenes = useMemo(
    () => scenesOf(drawn, { width, height: Math.max(300, height - AROUND) }, lowFirst),
    [drawn, width, height, lowFirst],
  );
  const bars = useMemo(
    () =>
      drawn.map((facts, i) => {
        const scene = scenes[i] ?? null;
        return facts === null || scene === null ? null : layoutBar(facts.space, facts.room, scene);
      }),
    [drawn, scenes],
  );
  const nameAt = (column: number, start: number): string | null => {
    const space = drawn[column]?.space;
    const index = space?.vmas.findIndex((vma) => vma.start === start) ?? -1;
    return space === undefined ? null : (regionNames(space)[index] ?? null);
  };
  const current = columns.findIndex(({ side }) => run !== null && hasLayout(run.scenario.machine, side));
  const select = (column: number, start: number): void => {
    const name = nameAt(column, start);
    setRegion(name);
    setHovered(null);
    // What is selected in the machine on the page is selected in all of its panels.
    const space = drawn[current]?.space;
    const own = space === undefined || name === null ? undefined : space.vmas[regionAt(space, name)];
    if (own !== undefined) actions.selectMapping(own.start);
  };
  const pointed = hovered ?? region;
  return (
    <div className="panel-body layouts-body" ref={body}>
      <div className="layouts-columns">
        <Legend text={text} />
        {columns.map((column, i) => {
          const { side, scenario, answer } = column;
          const facts = drawn[i] ?? null;
          const scene = scenes[i] ?? null;
          const use = (): void =>
            void actions.open(scenario, { cursor: answer?.kind === "seen" ? cursorAt(answer.summary, moment).cursor : null });
          return (
            <section
              key={side.id}
              className="layout-column"
              aria-label={text.side[side.id]}
              data-testid={`layout-${side.id}`}
              data-current={i === current || undefined}
              data-waiting={column.waiting || undefined}
              ref={i === 0 ? first : undefined}
            >
              <ColumnHead column={column} facts={facts} current={i === current} text={text} panelText={panelText} onUse={use} />
              <ColumnFigure
                column={column}
                facts={facts}
                scene={scene}
                bar={bars[i] ?? null}
                text={text}
                panelText={panelText}
                selected={boxOf(facts, scene, region)}
                hovered={boxOf(facts, scene, hovered)}
                onSelect={(start) => select(i, start)}
                onHover={(start) => setHovered(start === null ? null : nameAt(i, start))}
                onAgain={layouts.start}
              />
            </section>
          );
        })}
      </div>
      <div className="layouts-below">
        <Numbers
          columns={columns.map(({ side, answer }, i) => {
            const facts = drawn[i] ?? null;
            const index = facts === null || pointed === null ? -1 : regionAt(facts.space, pointed);
            return {
              id: side.id,
              facts,
              summary: answer?.kind === "seen" ? answer.summary : null,
              region: facts?.space.vmas[index],
            };
          })}
          text={text}
          panelText={panelText}
          pointed={pointed !== null}
          onRegion={select}
        />
      </div>
    </div>
  );
}

export default LayoutsPanel;
