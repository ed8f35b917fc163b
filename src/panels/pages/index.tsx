/** Beside the index of VMAs: the walk of the page tables to the page in sight, and all pages of its mapping. Fetched when first asked for. */
import { useCallback } from "react";
import { vmaPages } from "../../decode/pages";
import type { VmaFacts } from "../../decode/types";
import { pagesTexts } from "../../i18n/pages";
import { panelTexts } from "../../i18n/panels";
import type { Instant } from "../../queries";
import "../../render/svg/figures.css";
import { hex } from "../../render/text";
import { useUi } from "../../store";
import PageHeldCard from "../shared/page-held";
import { useMachine } from "../shared/use-machine";
import { type PageInSight, usePageInSight } from "../shared/use-page";
import { useShown } from "../shared/use-shown";
import { vmaName } from "../shared/vma-name";
import { Grid, Legend } from "./grid";
import "./pages.css";
import { TlbPart } from "./tlb-part";
import { WalkFigure } from "./walk-figure";

function PagesPanel() {
  const text = pagesTexts[useUi((state) => state.locale)];
  const instant = useShown();
  const sight = usePageInSight();
  if (instant === null || sight === null) return <p className="pages-empty dim">{text.nothing}</p>;
  return (
    <div className="pages-panel">
      <WalkFigure instant={instant} addr={sight.addr} />
      <TlbPart instant={instant} addr={sight.addr} vma={sight.vma} />
      {sight.vma === null ? null : <Pages instant={instant} sight={sight} vma={sight.vma} />}
      <div className="pages-held">
        <PageHeldCard />
      </div>
    </div>
  );
}

interface PagesProps {
  readonly instant: Instant;
  readonly sight: PageInSight;
  readonly vma: VmaFacts;
}

function Pages({ instant, sight, vma }: PagesProps) {
  const locale = useUi((state) => state.locale);
  const text = pagesTexts[locale];
  const { top } = instant.space;
  const read = useCallback((linear: Uint8Array) => vmaPages(linear, vma, top), [vma, top]);
  const pages = useMachine(instant, read);
  if (pages === null) return null;
  return (
    <section className="pages-of" aria-label={`${text.pages}: ${vmaName(vma, panelTexts[locale])}`}>
      <header className="panel-head">
        <h2>{text.pages}</h2>
        <b className="mono pages-name">{vmaName(vma, panelTexts[locale])}</b>
        <span className="mono dim pages-range">{`${hex(vma.start)} – ${hex(vma.end)}`}</span>
        <span className="grow" />
        <span className="dim" data-testid="pages-resident">
          {text.residentOf(String(pages.resident), String(pages.total))}
        </span>
      </header>
      <Grid instant={instant} sight={sight} vma={vma} pages={pages} />
      <Legend pages={pages} vma={vma} />
    </section>
  );
}

export default PagesPanel;
