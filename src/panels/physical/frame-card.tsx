/** The chosen frame: what it is, and the way from it to the page, the entry, the mapping and the chunks that have to do with it. */
import { useMemo } from "react";
import { PAGE_SIZE } from "../../abi/machine-memory";
import { pagePins } from "../../decode/page-pins";
import { walkPage } from "../../decode/page-walk";
import { roleAt } from "../../decode/physical";
import { panelTexts } from "../../i18n/panels";
import { physicalTexts } from "../../i18n/physical";
import { frameLook } from "../../render/canvas/frame-map";
import { roleOfCode, vmaRole } from "../../render/roles";
import { hex, shortAddress } from "../../render/text";
import { chunkName } from "../../scene/map-labels";
import { useActions, useUi } from "../../store";
import { useMachine } from "../shared/use-machine";
import { vmaName } from "../shared/vma-name";
import type { RamProps } from "./props";
import { tableFacts } from "./table-facts";

/** Chunks on one page that are named. */
const CHUNKS = 4;

export function FrameCard({ instant, ram, sight, onChoose }: RamProps) {
  const locale = useUi((state) => state.locale);
  const text = physicalTexts[locale];
  const { physical, caches } = ram;
  const { selected } = sight;
  const role = roleAt(physical, selected);
  const read = useMemo(() => (linear: Uint8Array) => tableFacts(linear, physical, selected), [physical, selected]);
  const table = useMachine(instant, read);
  const page = physical.level[selected] === 0 ? (physical.page[selected] ?? -1) : -1;
  const sentence = (): string => {
    if (role === null) return text.noRam;
    if (role === "free") {
      const order = physical.order[selected] ?? -1;
      return order < 0 ? text.isDeferred : text.isFree(order, hex(selected - (selected % 2 ** order)));
    }
    if (role === "pageTable") {
      if (table === null) return text.isForeignTable;
      return text.isTable(table.name, hex(table.from), hex(table.to), table.used);
    }
    if (role === "slab") {
      const found = caches.find(({ all }) => all.some(({ pfn }) => pfn === selected));
      const slab = found?.all.find(({ pfn }) => pfn === selected);
      return text.isSlab(found?.cache.name ?? "?", slab?.inUse ?? 0, slab?.objects.length ?? 0);
    }
    return role === "anonymous" && page < 0 ? `${text.is[role]} (${text.elsewhere})` : text.is[role];
  };
  const users = physical.mappings[selected] ?? 0;
  return (
    <section className="ram-section ram-card" aria-label={text.frame(hex(selected))} data-testid="frame-card">
      <header>
        <span
          className="ram-swatch"
          data-role={role ?? "none"}
          data-vma={role === null || role === "free" ? undefined : frameLook[role].role}
          aria-hidden="true"
        />
        <b className="mono">{text.frame(hex(selected))}</b>
        <span className="mono dim">{hex(selected * PAGE_SIZE)}</span>
        <span className="grow" />
        <span className="dim">{users > 0 ? text.mappings(users) : ""}</span>
      </header>
      <p>{sentence()}</p>
      {page < 0 ? null : <Chain instant={instant} ram={ram} sight={sight} onChoose={onChoose} page={page} />}
    </section>
  );
}

interface ChainProps extends RamProps {
  readonly page: number;
}

/** chunk ↔ page ↔ PTE ↔ frame ↔ VMA: each of them a button. */
function Chain({ instant, sight, onChoose, page }: ChainProps) {
  const locale = useUi((state) => state.locale);
  const text = physicalTexts[locale];
  const actions = useActions();
  const looked = useUi((state) => state.page);
  const selection = useUi((state) => state.selection);
  const { selected } = sight;
  const { space, heap, context, picture } = instant;
  // Where many pages show the frame, the one that is looked at.
  const own = looked !== null ? Math.floor(looked / PAGE_SIZE) * PAGE_SIZE : -1;
  const first = page * PAGE_SIZE;
  const read = useMemo(
    () => (linear: Uint8Array) => {
      const walk = own >= 0 ? walkPage(linear, own, space.top) : null;
      const addr = walk !== null && walk.frame === selected ? own : first;
      return { addr, entry: walkPage(linear, addr, space.top).steps.at(-1) };
    },
    [own, first, selected, space],
  );
  const found = useMachine(instant, read);
  const addr = found?.addr ?? first;
  const vma = space.vmas.find(({ start, end }) => addr >= start && addr < end);
  const pins = useMemo(() => (heap.chunks.count === 0 ? [] : pagePins(context, heap, addr)), [context, heap, addr]);
  const entry = found?.entry;
  return (
    <ol className="ram-chain">
      {vma === undefined ? null : (
        <li data-vma={vmaRole[vma.kind]}>
          <span className="dim">{text.chain.vma}</span>
          <button type="button" onClick={() => actions.selectMapping(vma.start)} data-testid="frame-vma">
            {vmaName(vma, panelTexts[locale])}
          </button>
        </li>
      )}
      <li>
        <span className="dim">{text.chain.page}</span>
        <button
          type="button"
          className="mono"
          onClick={() => {
            actions.selectPage(addr, vma?.start ?? null);
            actions.setMemoryView("space");
          }}
          data-testid="frame-page"
        >
          {hex(addr)}
        </button>
      </li>
      {entry === undefined ? null : (
        <li data-vma="text">
          <span className="dim">{text.chain.pte}</span>
          <button type="button" className="mono" onClick={() => onChoose(entry.table)} data-testid="frame-pte">
            {`[${entry.index}] @ ${hex(entry.table)}`}
          </button>
        </li>
      )}
      <li>
        <span className="dim">{text.chain.chunk}</span>
        {pins.length === 0 ? <span className="dim">{text.noChunk}</span> : null}
        {pins.slice(0, CHUNKS).map((pin) => {
          const row = heap.chunks.addr.indexOf(pin.addr);
          return (
            <button
              key={`${pin.state} ${pin.addr}`}
              type="button"
              className="mono"
              data-role={roleOfCode(pin.state)}
              aria-pressed={selection === pin.addr}
              disabled={row < 0}
              onClick={() => actions.select(pin.addr)}
            >
              {(row < 0 ? "" : chunkName(picture, row)) || shortAddress(pin.addr)}
            </button>
          );
        })}
        {pins.length > CHUNKS ? <span className="dim">{text.more(pins.length - CHUNKS)}</span> : null}
      </li>
    </ol>
  );
}
