/** RAM: its frames, the free lists, the slab caches, and what it is all used for. Fetched when first asked for. */
import { useCallback } from "react";
import { PAGE_SIZE } from "../../abi/machine-memory";
import { physicalTexts } from "../../i18n/physical";
import type { Instant } from "../../queries";
import { sizeText } from "../../scene/sizes";
import { useActions, useUi } from "../../store";
import { MemorySwitch } from "../shared/memory-switch";
import { useShown } from "../shared/use-shown";
import { BuddyLists } from "./buddy";
import { FrameCard } from "./frame-card";
import { FrameMapView } from "./frame-map";
import { RamLedger } from "./ledger";
import "./physical.css";
import { Slabs } from "./slabs";
import { type Ram, useFrameInSight, useRam } from "./use-physical";

function PhysicalPanel() {
  const text = physicalTexts[useUi((state) => state.locale)];
  const instant = useShown();
  const ram = useRam(instant);
  const total = ram === null ? 0 : (ram.physical.end - ram.physical.start) * PAGE_SIZE;
  return (
    <div className="ram-panel">
      <header className="panel-head">
        <h2>{text.title}</h2>
        <span className="dim ram-size">{total === 0 ? "" : text.ram(sizeText(total))}</span>
        <span className="grow" />
        <MemorySwitch />
      </header>
      {instant === null || ram === null ? null : <Body instant={instant} ram={ram} />}
    </div>
  );
}

function Body({ instant, ram }: { readonly instant: Instant; readonly ram: Ram }) {
  const text = physicalTexts[useUi((state) => state.locale)];
  const actions = useActions();
  const sight = useFrameInSight(ram);
  const { physical } = ram;
  /** A frame that a page leads to is chosen by its page: everything else follows that. */
  const choose = useCallback(
    (pfn: number): void => {
      const page = physical.level[pfn] === 0 ? (physical.page[pfn] ?? -1) : -1;
      if (page < 0) return actions.selectFrame(pfn);
      const addr = page * PAGE_SIZE;
      actions.selectPage(addr, instant.space.vmas.find(({ start, end }) => addr >= start && addr < end)?.start ?? null);
    },
    [physical, instant, actions],
  );
  const shared = { instant, ram, sight, onChoose: choose };
  return (
    <div className="panel-body ram-body">
      {physical.damaged ? (
        <p className={ram.inFlux ? "ram-note" : "ram-note bad-text"} role={ram.inFlux ? undefined : "alert"}>
          {ram.inFlux ? text.inFlux : text.damaged}
        </p>
      ) : null}
      <div className="ram-columns">
        <div className="ram-column">
          <FrameMapView {...shared} />
          <FrameCard {...shared} />
          <Slabs {...shared} />
        </div>
        <div className="ram-column">
          <BuddyLists {...shared} />
          <RamLedger physical={physical} />
        </div>
      </div>
    </div>
  );
}

export default PhysicalPanel;
