/** Where the address in sight is looked for: the bits that choose a set, its ways, and what an access would meet. */
import { PAGE_SIZE } from "../../abi/machine-memory";
import type { TlbText } from "../../i18n/tlb";
import type { TlbFacts } from "../../protocol/tlb";
import { hex } from "../../render/text";
import { addressBits } from "../../scene/walk";
import { useActions } from "../../store";
import { setsInSight, type TlbSetInSight, verdictOf } from "./tlb-lookup";

interface Props {
  readonly facts: TlbFacts;
  readonly pcid: number;
  readonly text: TlbText;
  readonly addr: number;
  readonly present: boolean;
  readonly writable: boolean;
}

/** `…ccf→5c2a1`, as much of the page's number as tells it from its neighbours. */
const TAIL_DIGITS = 5;
const tail = (page: number): string => {
  const digits = (page / PAGE_SIZE).toString(16);
  return digits.length <= TAIL_DIGITS ? digits : `…${digits.slice(-TAIL_DIGITS)}`;
};

export function TlbAddress({ facts, pcid, text, addr, present, writable }: Props) {
  const sets = setsInSight(facts, pcid, addr);
  const verdict = verdictOf(facts, sets, present, writable);
  return (
    <div className="tlb-address">
      {sets.map((each) => (
        <SetRow key={`${each.part}${each.groups.join()}`} sight={each} facts={facts} pcid={pcid} text={text} addr={addr} />
      ))}
      <p className="tlb-verdict" data-verdict={verdict} data-testid="tlb-verdict">
        {text.verdict[verdict]}
      </p>
    </div>
  );
}

interface RowProps {
  readonly sight: TlbSetInSight;
  readonly facts: TlbFacts;
  readonly pcid: number;
  readonly text: TlbText;
  readonly addr: number;
}

function SetRow({ sight, facts, pcid, text, addr }: RowProps) {
  const { part, set, sets, groups, slots, hit } = sight;
  return (
    <div className="tlb-set" data-testid={`tlb-set-${part}`} data-hit={hit >= 0}>
      <span className="tlb-where">
        <b>{text.part[part]}</b>
        <span className="tlb-index">
          {groups.map(([high, low], i) => (
            <span key={low} className="mono">
              {i > 0 ? " ⊕ " : ""}
              <span className="tlb-bits">{addressBits(addr, low, high - low + 1)}</span>
            </span>
          ))}
        </span>
        <span className="dim">{`${text.bits(groups)} → ${text.set(set, sets)}`}</span>
      </span>
      <ol className="tlb-ways">
        {slots.map((slot) => (
          <Way key={slot} slot={slot} entries={facts.parts[part]} pcid={pcid} hit={slot === hit} text={text} />
        ))}
      </ol>
    </div>
  );
}

interface WayProps {
  readonly slot: number;
  readonly entries: TlbFacts["parts"]["small"];
  readonly pcid: number;
  readonly hit: boolean;
  readonly text: TlbText;
}

/** One way of a set: the page and its frame; leads to the page. */
export function Way({ slot, entries, pcid, hit, text }: WayProps) {
  const actions = useActions();
  const page = entries.page[slot] ?? -1;
  if (page < 0) {
    return (
      <li className="tlb-way" data-empty="true">
        <span className="visually-hidden">{text.empty}</span>
      </li>
    );
  }
  const owner = entries.pcid[slot] ?? 0;
  const foreign = owner !== pcid;
  const frame = entries.pfn[slot] ?? 0;
  const spoken = text.entry(hex(page), hex(frame), entries.writable[slot] === 1, entries.order[slot] ?? 0);
  const label = foreign ? `${spoken}, ${text.other(owner)}` : spoken;
  return (
    <li className="tlb-way" data-hit={hit} data-fresh={entries.fresh[slot] === 1} data-foreign={foreign}>
      <button type="button" className="mono" data-tip={label} aria-label={label} onClick={() => actions.selectPage(page, null)}>
        {`${tail(page)}→${frame.toString(16)}`}
        {entries.writable[slot] === 1 ? null : <i aria-hidden="true">R</i>}
      </button>
    </li>
  );
}
