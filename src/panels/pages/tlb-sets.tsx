/** All sets and ways, in the colours of the mappings; one set of one part is spelt out below. */
import { useState } from "react";
import { type TlbPart, tlbShapes } from "../../abi/tlb";
import type { TlbPartFacts } from "../../protocol/tlb";
import { vmaAt } from "../../decode/vmas";
import { vmaRole } from "../../render/roles";
import { hex } from "../../render/text";
import { useActions } from "../../store";
import { Way } from "./tlb-address";
import { setsInSight, slotsOf } from "./tlb-lookup";
import type { TlbViewProps } from "./tlb-part";
import { actOnKey } from "../shared/grid-keys";

const parts = ["small", "large", "shared"] as const;
/** Cells of a figure, in its own units. */
const cell = { small: [24, 12], large: [24, 12], shared: [6, 6] } as const;

export function TlbSets({ facts, pcid, text, addr, instant }: TlbViewProps) {
  const [chosen, setChosen] = useState<{ readonly part: TlbPart; readonly set: number } | null>(null);
  const sights = setsInSight(facts, pcid, addr);
  const [first] = sights;
  const shown = chosen ?? first ?? { part: "small" as const, set: 0 };
  const entries = facts.parts[shown.part];
  return (
    <div className="tlb-sets">
      <div className="tlb-figures">
        {parts.map((part) => (
          <Figure
            key={part}
            part={part}
            entries={facts.parts[part]}
            pcid={pcid}
            roleOf={(page) => {
              const vma = instant.space.vmas[vmaAt(instant.space, page)];
              return vma === undefined ? undefined : vmaRole[vma.kind];
            }}
            inSight={sights.filter((each) => each.part === part).map(({ set }) => set)}
            chosen={shown.part === part ? shown.set : -1}
            onChoose={(set) => setChosen({ part, set })}
            text={text}
          />
        ))}
      </div>
      <div className="tlb-set">
        <span className="tlb-where">
          <b>{text.part[shown.part]}</b>
          <span className="dim">{text.set(shown.set, tlbShapes[shown.part].sets)}</span>
        </span>
        <ol className="tlb-ways">
          {slotsOf(shown.part, entries, shown.set).map((slot) => (
            <Way
              key={slot}
              slot={slot}
              entries={entries}
              pcid={pcid}
              hit={sights.some(({ part, hit }) => part === shown.part && hit === slot)}
              text={text}
            />
          ))}
        </ol>
      </div>
      <ul className="tlb-legend dim">
        {(["sight", "fresh", "foreign"] as const).map((kind) => (
          <li key={kind}>
            <span data-kind={kind} aria-hidden="true" />
            {text.legend[kind]}
          </li>
        ))}
      </ul>
      <p className="dim tlb-honest">{text.honest}</p>
    </div>
  );
}

interface FigureProps extends Pick<TlbViewProps, "text"> {
  readonly part: TlbPart;
  readonly entries: TlbPartFacts;
  readonly pcid: number;
  readonly roleOf: (page: number) => string | undefined;
  /** Sets that the address in sight belongs to. */
  readonly inSight: readonly number[];
  readonly chosen: number;
  readonly onChoose: (set: number) => void;
}

/** Sets that a page key goes. */
const PAGE = 8;

function Figure({ part, entries, pcid, roleOf, inSight, chosen, onChoose, text }: FigureProps) {
  const actions = useActions();
  const { sets, ways } = tlbShapes[part];
  const [width, height] = cell[part];
  const at = chosen >= 0 ? chosen : (inSight[0] ?? 0);
  const used = slotsOf(part, entries, at).filter((slot) => (entries.page[slot] ?? -1) >= 0);
  const spokenEntries = used.map((slot) => `${hex(entries.page[slot] ?? 0)} → ${hex(entries.pfn[slot] ?? 0)}`).join("; ");
  const id = `tlb-set-of-${part}`;
  const total = entries.page.reduce((sum, page) => sum + (page >= 0 ? 1 : 0), 0);
  const go = (set: number): void => onChoose(Math.min(Math.max(set, 0), sets - 1));
  const [latest] = used;
  const keys = {
    ArrowLeft: () => go(at - 1),
    ArrowRight: () => go(at + 1),
    PageUp: () => go(at - PAGE),
    PageDown: () => go(at + PAGE),
    Home: () => go(0),
    End: () => go(sets - 1),
    Enter: () => {
      if (latest !== undefined) actions.selectPage(entries.page[latest] ?? 0, null);
    },
  };
  return (
    <figure className="tlb-figure" data-part={part}>
      <figcaption>
        <b>{text.part[part]}</b>
        <span className="mono dim">{`${total} / ${sets * ways}`}</span>
      </figcaption>
      <div
        className="tlb-grid"
        role="listbox"
        tabIndex={0}
        aria-label={text.figure(text.part[part])}
        aria-activedescendant={id}
        onKeyDown={(event) => actOnKey(event, keys)}
        data-testid={`tlb-grid-${part}`}
      >
        <svg
          viewBox={`-1 -1 ${sets * width + 2} ${ways * height + 2}`}
          aria-hidden="true"
          onClick={(event) => {
            const box = event.currentTarget.getBoundingClientRect();
            onChoose(Math.min(sets - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * sets))));
          }}
        >
          <rect className="tlb-track" x="0" y="0" width={sets * width} height={ways * height} />
          {part === "shared"
            ? null
            : Array.from({ length: sets - 1 }, (_, set) => (
                <line key={set} className="tlb-line" x1={(set + 1) * width} x2={(set + 1) * width} y1="0" y2={ways * height} />
              ))}
          {Array.from(entries.page, (page, slot) =>
            page < 0 ? null : (
              <rect
                // biome-ignore lint/suspicious/noArrayIndexKey: a slot is its place
                key={slot}
                className="tlb-cell"
                data-vma={entries.pcid[slot] === pcid ? roleOf(page) : undefined}
                data-foreign={entries.pcid[slot] !== pcid}
                data-fresh={entries.fresh[slot] === 1}
                x={Math.floor(slot / ways) * width + 0.5}
                y={(slot % ways) * height + 0.5}
                width={width - 1}
                height={height - 1}
              />
            ),
          )}
          {inSight.map((set) => (
            <rect key={set} className="tlb-sight" x={set * width} y="0" width={width} height={ways * height} />
          ))}
          {chosen < 0 ? null : <rect className="tlb-chosen" x={chosen * width} y="0" width={width} height={ways * height} />}
        </svg>
        <div className="visually-hidden" id={id} role="option" aria-selected="true">
          {text.setSpoken(at, sets, used.length, ways, spokenEntries)}
        </div>
      </div>
    </figure>
  );
}
