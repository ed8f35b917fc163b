/** What the last step accessed, in order, and what the kernel had the TLB forget. */
import type { TlbAccess } from "../../protocol/tlb";
import { hex } from "../../render/text";
import { useActions } from "../../store";
import type { TlbViewProps } from "./tlb-part";

const count = (n: number): string => n.toLocaleString("en").replaceAll(",", " ");

export function TlbStep({ facts, text }: TlbViewProps) {
  const { accesses, step, stepFlushes, lastFlush } = facts;
  const all = step?.accesses ?? 0;
  const earlier = stepFlushes.length === 0 && lastFlush !== null ? lastFlush : null;
  const what = (flush: (typeof stepFlushes)[number]): string => text.flush(flush, text.by(flush.call));
  return (
    <div className="tlb-step">
      {step === null ? <p className="dim">{text.tooLong}</p> : null}
      {step !== null && accesses.length === 0 ? <p className="dim">{text.noAccess}</p> : null}
      {accesses.length === 0 ? null : (
        <ol className="tlb-accesses" data-testid="tlb-accesses" tabIndex={0} aria-label={text.views.step}>
          {all > accesses.length ? <li className="dim">{text.lastOf(accesses.length, count(all))}</li> : null}
          {accesses.map((access, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: an access is its place in the step
            <Access key={i} access={access} text={text} />
          ))}
        </ol>
      )}
      <p className="tlb-flushes" data-testid="tlb-flushes">
        <b>{text.flushes}</b>{" "}
        {stepFlushes.length === 0
          ? text.noFlush
          : stepFlushes.map((flush, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a flush is its place in the step
              <span key={i}>{what(flush)} </span>
            ))}
        {earlier === null ? null : <span className="dim">{` · ${text.lastFlush} ${what(earlier)}`}</span>}
      </p>
    </div>
  );
}

function Access({ access, text }: { readonly access: TlbAccess; readonly text: TlbViewProps["text"] }) {
  const actions = useActions();
  return (
    <li className="mono" data-found={access.fault ? "fault" : access.found}>
      <span className="tlb-kind">{text.access(access.write, access.bytes)}</span>
      <button type="button" className="walk-link" onClick={() => actions.selectPage(access.addr, null)}>
        {hex(access.addr)}
      </button>
      <span className="tlb-found">
        {text.short[access.found]}
        {access.fault ? ` → ${text.short.fault}` : ""}
      </span>
    </li>
  );
}
