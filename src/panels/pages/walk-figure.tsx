/** The walk of the page tables: bits of the address above, under each group of nine the table that it indexes. */
import { type ReactNode, useCallback, useMemo } from "react";
import { pageDescriptor } from "../../abi/kernel";
import { machineMemory, PAGE_SIZE } from "../../abi/machine-memory";
import { asWords, frameOffset } from "../../decode/memory";
import type { EntryFlags } from "../../decode/page-walk";
import { walkFacts, type WalkFacts } from "../../decode/walk-facts";
import { type PagesText, pagesTexts } from "../../i18n/pages";
import { type Instant, useMoment } from "../../queries";
import { hex } from "../../render/text";
import { sizeText } from "../../scene/sizes";
import { addressBits, entryText, type WalkBox, walkBoxes } from "../../scene/walk";
import { useActions, useUi } from "../../store";
import { useMachine } from "../shared/use-machine";
import { placesWritten } from "./written";

const OFFSET_BITS = 12;

const flagMarks: readonly (readonly [keyof PagesText["flag"], string])[] = [
  ["present", "P"],
  ["writable", "W"],
  ["user", "U"],
  ["accessed", "A"],
  ["dirty", "D"],
  ["large", "PS"],
  ["huge", "THP"],
  ["noExecute", "NX"],
];

/** Large pages are only spoken of where there are any: an ordinary entry has a table or a page of 4 KiB behind it. */
const shownFlags = (flags: EntryFlags): typeof flagMarks =>
  flagMarks.filter(([name]) => (name !== "large" && name !== "huge") || flags[name]);

function Bits({ digits }: { readonly digits: string }) {
  return (
    <span className="walk-bits mono" aria-hidden="true">
      {digits.split("").map((digit, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a bit is its place
        <i key={i} data-one={digit === "1"}>
          {digit}
        </i>
      ))}
    </span>
  );
}

/** All 512 entries of the table: runs that are not empty, and the one that the address chooses. */
function Slots({ box }: { readonly box: WalkBox }) {
  return (
    <svg className="walk-slots" viewBox="0 0 10 64" preserveAspectRatio="none" aria-hidden="true">
      <rect x="1" y="0" width="8" height="64" className="walk-track" />
      {box.runs.map(([first, length]) => (
        <rect key={first} x="1" y={first / 8} width="8" height={Math.max(0.7, length / 8)} className="walk-used" />
      ))}
      <rect x="0" y={Math.min(62.5, Math.max(0, box.index / 8 - 0.5))} width="10" height="1.5" className="walk-index" />
    </svg>
  );
}

function Box({ box, text, written }: { readonly box: WalkBox; readonly text: PagesText; readonly written: boolean }) {
  const { row } = box;
  const flags = row?.flags;
  const set = flags === undefined ? [] : flagMarks.filter(([name]) => flags[name]).map(([name]) => text.flag[name]);
  const value = row === null ? text.notReached : row.value === 0n ? text.none : hex(row.value);
  if (box.folded) {
    return (
      <li className="walk-step walk-folded" title={text.foldedTitle}>
        <span className="walk-label" aria-hidden="true">
          {"\u00a0"}
        </span>
        <span className="walk-bits" aria-hidden="true" />
        <span className="walk-lead" aria-hidden="true" />
        <span className="walk-box">
          <span aria-hidden="true">P4D</span>
          <span className="visually-hidden">{text.foldedTitle}</span>
        </span>
      </li>
    );
  }
  return (
    <li
      className="walk-step"
      data-reached={box.reached}
      data-last={box.last}
      data-written={written}
      data-testid={`walk-${box.level}`}
    >
      <span className="walk-label">
        <span className="dim">{`${box.lowBit + 8}–${box.lowBit}`}</span>
        <b className="mono">
          <span className="walk-level">{`${box.level} `}</span>
          {box.index}
        </b>
      </span>
      <Bits digits={box.bits} />
      <span className="walk-lead" aria-hidden="true" />
      <span className="walk-box" title={row === null ? undefined : hex(row.table * PAGE_SIZE + box.index * 8)}>
        <Slots box={box} />
        <span className="walk-name">
          {row === null ? (
            <b>{box.level}</b>
          ) : (
            <FrameLink pfn={row.table} text={text}>
              {box.level}
            </FrameLink>
          )}
          <span className="dim">{sizeText(box.spanBytes)}</span>
        </span>
        <b className="mono">{`[${box.index}]`}</b>
        <span className="mono walk-value" title={value} aria-hidden="true">
          {row === null ? "–" : entryText(row.value)}
        </span>
        <span className="visually-hidden">{text.spoken(box.level, box.index, value, set.join(", "))}</span>
        <span className="walk-flags" aria-hidden="true">
          {flags !== undefined && row?.value !== 0n
            ? shownFlags(flags).map(([name, mark]) => (
                <i key={name} data-set={flags[name]} title={text.flag[name]}>
                  {mark}
                </i>
              ))
            : null}
        </span>
        <span className="dim walk-count">{row === null ? text.notReached : text.usedOf(row.used.length)}</span>
      </span>
    </li>
  );
}

interface LinkProps {
  readonly pfn: number;
  readonly text: PagesText;
  readonly children: ReactNode;
}

/** Leads to a frame in the view of RAM. */
function FrameLink({ pfn, text, children }: LinkProps) {
  const actions = useActions();
  const label = text.inRam(hex(pfn));
  return (
    <button
      type="button"
      className="walk-link"
      data-tip={label}
      onClick={() => {
        actions.selectFrame(pfn);
        actions.setMemoryView("physical");
      }}
    >
      {children}
      <span className="visually-hidden">{label}</span>
    </button>
  );
}

function Frame({ walk, text, written }: { readonly walk: WalkFacts; readonly text: PagesText; readonly written: boolean }) {
  const { frame } = walk;
  return (
    <li className="walk-step walk-end" data-written={written} data-testid="walk-frame">
      <span className="walk-label">
        <span className="dim">11–0</span>
        <b className="mono">{hex(walk.addr % PAGE_SIZE)}</b>
      </span>
      <Bits digits={addressBits(walk.addr, 0, OFFSET_BITS)} />
      <span className="walk-lead" aria-hidden="true" />
      <span className="walk-box" data-none={frame === null}>
        {frame === null ? (
          <span className="dim">{text.noFrame}</span>
        ) : (
          <>
            <span className="dim">{text.frame}</span>
            <FrameLink pfn={frame.pfn} text={text}>
              <span className="mono">{hex(frame.pfn)}</span>
            </FrameLink>
            <span>{text.frameKind[frame.kind]}</span>
            <span className="dim">
              {frame.standIn
                ? text.standIn
                : frame.kind === "zero" || frame.kind === "special"
                  ? ""
                  : text.users(frame.mappings, frame.cached)}
              {frame.dirty ? ` · ${text.dirty}` : ""}
            </span>
          </>
        )}
      </span>
    </li>
  );
}

/** Whether the step wrote a frame's struct page: took it, gave it back, or counted its users. */
function isFrameWritten(pfn: number, written: ReadonlySet<number>): boolean {
  if (pfn < 0) return false;
  const at = machineMemory.pageDescriptors + pfn * pageDescriptor.stride;
  for (let word = at; word < at + pageDescriptor.stride; word += 8) if (written.has(word)) return true;
  return false;
}

export function WalkFigure({ instant, addr }: { readonly instant: Instant; readonly addr: number }): React.ReactNode {
  const text = pagesTexts[useUi((state) => state.locale)];
  const { space } = instant;
  const read = useCallback(
    (linear: Uint8Array) => {
      const facts = walkFacts(linear, space, addr);
      const words = asWords(linear);
      return { facts, places: facts.rows.map((row) => frameOffset(words, row.table) + row.index * 8) };
    },
    [space, addr],
  );
  const found = useMachine(instant, read);
  const walk = found?.facts ?? null;
  const stepFrom = useMoment().position?.stepFrom ?? instant.cursor;
  const written = useMemo(() => placesWritten(instant.records, stepFrom, instant.cursor), [instant, stepFrom]);
  const top = walk?.rows[0];
  const count = top?.lowBit === 48 ? 5 : 4;
  const boxes = useMemo(() => (walk === null ? [] : walkBoxes(walk, count)), [walk, count]);
  if (walk === null) return null;
  const entryOf = (level: WalkBox["level"]): boolean => {
    const row = walk.rows.findIndex((each) => each.level === level && !each.folded);
    return row >= 0 && written.has(found?.places[row] ?? -1);
  };
  const last = walk.rows.findLast((row) => !row.folded)?.level ?? "PGD";
  return (
    <section className="walk" aria-label={text.walk}>
      <header className="panel-head">
        <h2>{text.walk}</h2>
        <span className="mono dim" data-testid="walk-address">
          {hex(walk.addr)}
        </span>
        <span className="grow" />
        <span className="dim walk-tables">{text.tables(count, space.pageTableBytes / PAGE_SIZE)}</span>
        <span className="mono dim">{`CR3 ${hex(Math.max(0, walk.root))}`}</span>
      </header>
      <ol className="walk-steps" data-levels={count}>
        {boxes.map((box) => (
          <Box key={box.level} box={box} text={text} written={entryOf(box.level)} />
        ))}
        <Frame walk={walk} text={text} written={isFrameWritten(walk.frame?.pfn ?? -1, written)} />
      </ol>
      <p className="walk-why" data-testid="walk-why" data-fault={walk.frame === null}>
        {text.ends(walk.end, walk.frame?.kind ?? "absent", last, walk.vma !== null)}
      </p>
    </section>
  );
}
