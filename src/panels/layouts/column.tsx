/** One layout: its name, what is left for the heap, and its mappings as a strip beside a bar that is true to scale. */
import type { LayoutsText } from "../../i18n/layouts";
import type { PanelText } from "../../i18n/panels";
import type { MachineSettings } from "../../scenario";
import type { LayoutBar } from "../../scene/layout-bar";
import { sizeText } from "../../scene/sizes";
import type { SpaceScene } from "../../scene/strip-types";
import { ActionButton } from "../../ui";
import { useDiagnosticText } from "../shared/diagnostic-text";
import { SpaceStrip } from "../shared/space-strip";
import { Bar } from "./bar";
import { type LayoutFacts, roomText } from "./facts";
import { stopText } from "./numbers";
import type { LayoutColumn } from "./use-layouts";

/** How a shell would start the program so. */
function command({ abi, layout, aslr }: MachineSettings): string {
  const options = [
    aslr ? "" : " -R",
    layout?.startsWith("3g") === true ? " -3" : "",
    layout?.endsWith("legacy") === true ? " -L" : "",
  ];
  return `setarch ${abi === "i386" ? "i686" : "x86_64"}${options.join("")}`;
}

interface HeadProps {
  readonly column: LayoutColumn;
  readonly facts: LayoutFacts | null;
  readonly current: boolean;
  readonly text: LayoutsText;
  readonly panelText: PanelText;
  readonly onUse: () => void;
}

export function ColumnHead({ column, facts, current, text, panelText, onUse }: HeadProps) {
  const { side, scenario, answer } = column;
  const { machine } = scenario;
  return (
    <header className="layout-head">
      <div className="layout-title">
        <h3>{text.side[side.id]}</h3>
        <span className="grow" />
        {current ? (
          <span className="layout-current" data-testid={`current-${side.id}`}>
            {text.current}
          </span>
        ) : (
          <ActionButton onPress={onUse} isDisabled={answer?.kind === "rejected"} testId={`use-${side.id}`}>
            {text.use}
          </ActionButton>
        )}
      </div>
      <span className="mono dim layout-command">
        {command(machine)} · {text.pie(machine.pie ?? true)}
      </span>
      <span className="layout-room">
        {facts === null ? (
          " "
        ) : (
          <>
            <b>{text.heapTo(roomText(facts.room.brkEnd - facts.space.brkStart))}</b>{" "}
            <span className="dim">{stopText(facts, text, panelText)}</span>
          </>
        )}
      </span>
    </header>
  );
}

/** What stands where there are no mappings to show. */
function State({
  column,
  text,
  onAgain,
}: {
  readonly column: LayoutColumn;
  readonly text: LayoutsText;
  readonly onAgain: () => void;
}) {
  const { answer, waiting, steps } = column;
  const diagnosticText = useDiagnosticText(answer?.kind === "rejected");
  if (waiting || answer === null || answer.kind === "seen")
    return (
      <div className="layout-state" data-state="running">
        <div className="progress" aria-hidden="true" />
        <p role="status">{steps === 0 ? text.waiting : text.running(steps.toLocaleString("en-US"))}</p>
      </div>
    );
  if (answer.kind === "rejected")
    return (
      <div className="layout-state" data-state="rejected">
        <p role="alert">{text.rejected}</p>
        <ul>
          {answer.diagnostics.map((problem) => (
            <li key={`${problem.code} ${problem.span.line}`}>
              {text.line(problem.span.line)}: {diagnosticText(problem)}
            </li>
          ))}
        </ul>
      </div>
    );
  return (
    <div className="layout-state" data-state={answer.kind}>
      <p role={answer.kind === "failed" ? "alert" : "status"}>{answer.kind === "failed" ? text.failed : text.stopped}</p>
      <ActionButton onPress={onAgain}>{text.again}</ActionButton>
    </div>
  );
}

interface FigureProps {
  readonly column: LayoutColumn;
  readonly facts: LayoutFacts | null;
  readonly scene: SpaceScene | null;
  readonly bar: LayoutBar | null;
  readonly text: LayoutsText;
  readonly panelText: PanelText;
  /** Starts of boxes, −1 none. */
  readonly selected: number;
  readonly hovered: number;
  readonly onSelect: (start: number) => void;
  readonly onHover: (start: number | null) => void;
  readonly onAgain: () => void;
}

export function ColumnFigure({ column, facts, scene, bar, text, panelText, onSelect, onHover, onAgain, ...marks }: FigureProps) {
  if (facts === null || scene === null || bar === null) return <State column={column} text={text} onAgain={onAgain} />;
  const { space, room } = facts;
  const { answer } = column;
  return (
    <>
      {answer?.kind === "seen" && !answer.exact ? <p className="layout-inexact dim">{text.inexact}</p> : null}
      <div className="layout-figure">
        <SpaceStrip
          space={space}
          scene={scene}
          owners={undefined}
          mapped={-1}
          text={panelText}
          ribbon={sizeText(scene.ribbon.span)}
          {...marks}
          onSelect={(start) => {
            if (start !== null) onSelect(start);
          }}
          onHover={(hovered) => onHover(hovered?.start ?? null)}
        />
        <Bar
          scene={scene}
          bar={bar}
          heapBytes={room.brkEnd - space.brkStart}
          mappingBytes={room.mapping.end - room.mapping.start}
          kernelBytes={scene.ribbon.span - space.taskSize}
          text={text}
        />
      </div>
    </>
  );
}
