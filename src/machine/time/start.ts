import type { Scenario } from "../../scenario/scenario";
import type { Timeline } from "./timeline";

/** Where a reader first lands: before the first run of the scenario's start line, else before loading or the program's first statement. */
export function startingCursor(timeline: Timeline, scenario: Scenario): number {
  const { statementAt, statementId } = timeline.index;
  const { statements } = timeline.debug;
  if (statementAt.length === 0) return timeline.last;
  if (scenario.startLine !== undefined) {
    for (let i = 0; i < statementAt.length; i++) {
      if (statements[statementId.at(i)]?.span.line === scenario.startLine) return statementAt.at(i) + 1;
    }
  }
  return scenario.machine.loading === true ? timeline.first : statementAt.at(0) + 1;
}
