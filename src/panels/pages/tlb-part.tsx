/** The TLB under the walk: counted only when the reader asks, in a run of its own, and then at every step. */
import { X } from "lucide-react";
import { useCallback, useState } from "react";
import { walkPage } from "../../decode/page-walk";
import type { VmaFacts } from "../../decode/types";
import { type TlbText, tlbTexts, type TlbView } from "../../i18n/tlb";
import type { TlbFacts } from "../../protocol/tlb";
import type { Instant } from "../../queries";
import { useTlb } from "../../queries/tlb";
import { useUi } from "../../store";
import { ActionButton, IconButton, Segmented } from "../../ui";
import { useMachine } from "../shared/use-machine";
import { TlbAddress } from "./tlb-address";
import { TlbSets } from "./tlb-sets";
import { TlbStep } from "./tlb-step";
import "./tlb.css";

/** Once asked for it stays, also when another part of the workspace was looked at meanwhile. */
let asked = false;

interface Props {
  readonly instant: Instant;
  readonly addr: number;
  readonly vma: VmaFacts | null;
}

export function TlbPart(props: Props) {
  const text = tlbTexts[useUi((state) => state.locale)];
  const [open, setOpen] = useState(asked);
  const choose = (wanted: boolean): void => {
    asked = wanted;
    setOpen(wanted);
  };
  return (
    <section className="tlb" aria-label={text.title} data-testid="tlb">
      {open ? (
        <Counted {...props} text={text} onClose={() => choose(false)} />
      ) : (
        <div className="tlb-head">
          <h3>{text.title}</h3>
          <span className="dim tlb-hint">{text.askHint}</span>
          <span className="grow" />
          <ActionButton onPress={() => choose(true)} testId="tlb-ask" className="tlb-button">
            {text.ask}
          </ActionButton>
        </div>
      )}
    </section>
  );
}

function Counted({ text, onClose, ...props }: Props & { readonly text: TlbText; readonly onClose: () => void }) {
  const { now, cancel, again } = useTlb();
  const [view, setView] = useState<TlbView>("address");
  const facts = now.kind === "counting" || now.kind === "counted" ? now.facts : null;
  return (
    <>
      <div className="tlb-head">
        <h3 data-tip={text.cpuTitle}>{text.title}</h3>
        <span className="dim tlb-cpu">{text.cpu}</span>
        {facts === null ? null : (
          <Segmented
            label={text.view}
            value={view}
            onChange={setView}
            testId="tlb-view"
            options={(["address", "sets", "step"] as const).map((id) => ({ id, text: text.views[id] }))}
          />
        )}
        <span className="grow" />
        {now.kind === "counting" && (facts === null || now.steps > 0) ? (
          <>
            <span className="dim" role="status" data-testid="tlb-counting">
              {text.counting(now.steps.toLocaleString("en").replaceAll(",", " "))}
            </span>
            <ActionButton onPress={cancel} testId="tlb-cancel" className="tlb-button">
              {text.cancel}
            </ActionButton>
          </>
        ) : null}
        <IconButton label={text.close} onPress={onClose} testId="tlb-close">
          <X size={14} />
        </IconButton>
      </div>
      {now.kind === "cancelled" || now.kind === "failed" ? (
        <p className="tlb-problem" role={now.kind === "failed" ? "alert" : "status"} data-testid="tlb-problem">
          {now.kind === "failed" ? text.failed : text.cancelled}{" "}
          <ActionButton onPress={again} testId="tlb-again" className="tlb-button">
            {text.again}
          </ActionButton>
        </p>
      ) : null}
      {facts === null ? null : (
        <div className="tlb-body" aria-busy={now.kind === "counting"} data-testid="tlb-body">
          <View view={view} facts={facts} pcid={facts.tops.indexOf(props.instant.space.top) + 1} text={text} {...props} />
          <Counts facts={facts} text={text} />
        </div>
      )}
    </>
  );
}

export interface TlbViewProps extends Props {
  readonly facts: TlbFacts;
  /** Of the process that is shown; 0: it has none. */
  readonly pcid: number;
  readonly text: TlbText;
}

function View({ view, ...props }: TlbViewProps & { readonly view: TlbView }) {
  const { instant, addr, vma } = props;
  const { top } = instant.space;
  const read = useCallback((linear: Uint8Array) => walkPage(linear, addr, top).end === "page", [addr, top]);
  const present = useMachine(instant, read) ?? false;
  switch (view) {
    case "address":
      return <TlbAddress {...props} present={present} writable={vma?.write === true} />;
    case "sets":
      return <TlbSets {...props} />;
    case "step":
      return <TlbStep {...props} />;
  }
}

const columns = ["accesses", "l1", "l2", "walks", "faults"] as const;

function Counts({ facts, text }: { readonly facts: TlbFacts; readonly text: TlbText }) {
  const rows = [
    ["step", facts.step],
    ["start", facts.total],
  ] as const;
  return (
    <table className="tlb-counts" data-testid="tlb-counts">
      <thead>
        <tr>
          <td />
          {columns.map((column) => (
            <th key={column} scope="col">
              {text.column[column]}
            </th>
          ))}
          <th scope="col">{text.flushes}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([since, counts]) => (
          <tr key={since} data-since={since}>
            <th scope="row">{text.since[since]}</th>
            {counts === null ? (
              <td colSpan={6} className="dim">
                {text.tooLong}
              </td>
            ) : (
              <>
                {columns.map((column) => (
                  <td key={column} className="mono" data-count={column}>
                    {counts[column].toLocaleString("en").replaceAll(",", " ")}
                  </td>
                ))}
                <td className="mono" data-count="flushes">
                  {since === "start"
                    ? facts.flushes
                    : facts.stepFlushes.filter(({ what }) => what !== "switch" && what !== "end").length}
                </td>
              </>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
