/** When a signal ended the program: what it did, what lies at that address, and which pointer led there. */
import { signalNumber } from "../../abi/linux";
import { ArrowRight, SkipBack } from "lucide-react";
import { faultPlace, faultPointer, lastStatement, nullLink } from "../../decode/fault";
import type { VmaFacts } from "../../decode/types";
import type { ShellText } from "../../i18n";
import type { RunSummary } from "../../protocol/messages";
import { type Instant, useInstant, useLastWriter } from "../../queries";
import { useActions, useText, useUi } from "../../store";
import { ActionButton } from "../../ui";
import { signalName } from "../shared/signals";

const hex = (value: number): string => `0x${value.toString(16)}`;

function permissions(vma: VmaFacts): string {
  // Word joiners: a line never ends inside.
  return [vma.read ? "r" : "-", vma.write ? "w" : "-", vma.exec ? "x" : "-"].join("\u2060");
}

function vmaName(vma: VmaFacts): string {
  const file = vma.name.slice(vma.name.lastIndexOf("/") + 1);
  if (file === "") return hex(vma.start);
  return vma.part === "" || vma.part === "elf" ? file : `${file} .${vma.part}`;
}

function placeText(instant: Instant, addr: number, write: boolean, text: ShellText["abort"]): string {
  const place = faultPlace(instant.space, addr);
  switch (place.kind) {
    case "null":
      return text.nullPage;
    case "protected":
      return text.protected(vmaName(place.vma), permissions(place.vma), write);
    case "past":
      return text.pastEnd(hex(place.distance), vmaName(place.vma));
    case "before":
      // The kernel lets the stack grow downwards until its limit.
      if (place.vma.kind === "stack") return text.stackFull((place.vma.end - place.vma.start) / 1024);
      return text.beforeStart(hex(place.distance), vmaName(place.vma));
    case "nowhere":
      return text.nowhere;
  }
}

/** `signal`: what ended the program; its own abort() is one too. */
export function SignalCard({ summary, signal }: { readonly summary: RunSummary; readonly signal: number }) {
  const shell = useText();
  const text = shell.abort;
  const actions = useActions();
  const instant = useInstant();
  const source = useUi((state) => state.run?.scenario.source ?? "");
  const { signalAddr, signalWrite, debug, statements } = summary;
  const statement = lastStatement(source, debug, statements);
  const line = debug.statements[statements.statement.at(-1) ?? -1]?.span.line ?? 0;
  const fault = signal === signalNumber.SIGSEGV && instant !== null;
  const pointer = fault
    ? (faultPointer(statement, instant, signalAddr) ?? nullLink(statement, instant, debug, signalAddr))
    : null;
  const writer = useLastWriter(pointer?.addr ?? null, summary.last);
  const name = signalName(signal);
  return (
    <section className="abort-card" data-testid="signal" aria-label={name}>
      <div className="abort-message">
        <span className="abort-signal">{name}</span>
        <b>{signal === signalNumber.SIGSEGV ? text.access(signalWrite, hex(signalAddr)) : shell.caption.signal(name)}</b>
      </div>
      <div className="abort-chain">
        {pointer === null ? null : (
          <>
            <div>
              <b>① {text.pointer}</b>
              <span className="mono">
                {pointer.path} = {hex(signalAddr - pointer.offset)}
                {pointer.offset === 0 ? "" : ` · ${text.reached(pointer.path, hex(pointer.offset))}`}
              </span>
            </div>
            <ArrowRight size={14} aria-hidden="true" />
          </>
        )}
        <div>
          <b>
            {pointer === null ? "①" : "②"} {text.statement}
          </b>
          <span className="mono">
            {text.line(line)} · {statement.split("\n")[0]}
          </span>
        </div>
        {fault ? (
          <>
            <ArrowRight size={14} aria-hidden="true" />
            <div>
              <b>
                {pointer === null ? "②" : "③"} {text.thereIs}
              </b>
              <span>{placeText(instant, signalAddr, signalWrite, text)}</span>
            </div>
          </>
        ) : null}
      </div>
      <div className="abort-actions">
        {pointer === null ? null : (
          <ActionButton
            kind="danger"
            onPress={() => void actions.jumpToCulprit()}
            isDisabled={writer === null || writer < 0}
            testId="jump-culprit"
          >
            <SkipBack size={14} />
            {text.jumpSet(pointer.path)} <kbd>J</kbd>
          </ActionButton>
        )}
        <ActionButton onPress={actions.dismissAbort}>{text.dismiss}</ActionButton>
      </div>
    </section>
  );
}
