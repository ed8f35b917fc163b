/** What the program has printed by now, and what the compiler has to say about the draft. */
import type { Diagnostic } from "../../abi/debug-info";
import { underMessage } from "../../abi/under-message";
import { mapsLine } from "../../decode/vmas";
import { useInstant, useSummary } from "../../queries";
import { useText, useUi } from "../../store";
import { useDiagnosticText } from "../shared/diagnostic-text";

function Problem({ problem }: { readonly problem: Diagnostic }) {
  const text = useText().code;
  const describe = useDiagnosticText();
  return (
    <li className={problem.severity} data-testid="diagnostic">
      <b>
        {problem.severity === "error" ? text.error : text.warning}, {text.at(problem.span.line, problem.span.column)}
      </b>
      <span>{describe(problem)}</span>
    </li>
  );
}

export function OutputView() {
  const text = useText();
  const summary = useSummary();
  const instant = useInstant();
  const cursor = useUi((state) => state.position?.cursor ?? 0);
  const diagnostics = useUi((state) => state.diagnostics);
  const warnings = useUi((state) => state.run?.warnings ?? []);
  const problems = diagnostics.length > 0 ? diagnostics : warnings;
  const shown = summary?.output.filter((chunk) => chunk.at < cursor) ?? [];
  const ended = summary !== null && cursor >= summary.last;
  return (
    <div className="output" data-testid="output">
      {problems.length === 0 ? null : (
        <ul className="problems" aria-label={text.code.problems(problems.length)}>
          {problems.map((problem) => (
            <Problem key={`${problem.code}${problem.span.start}`} problem={problem} />
          ))}
        </ul>
      )}
      {shown.length === 0 && !ended ? <p className="empty">{text.code.noOutput}</p> : null}
      <pre className="mono" data-testid="stdout">
        {shown.map((chunk) => (
          <span key={chunk.at} className={chunk.fd === 2 ? "stderr" : ""}>
            {chunk.text}
          </span>
        ))}
        {ended && summary !== null && summary.message !== "" ? (
          <span className="stderr">
            {`${summary.message}\n${underMessage(summary.message, instant?.space.vmas.map(mapsLine) ?? [])}`}
          </span>
        ) : null}
      </pre>
      {ended && summary !== null ? (
        <p className="exit mono">
          {summary.status === "exited" ? text.code.exit(summary.exitCode) : text.status[summary.status]}
        </p>
      ) : null}
    </div>
  );
}
