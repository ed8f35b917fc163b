/** The free lists by order, what the last step did to them, and how much is left. */
import type { CSSProperties } from "react";
import { MAX_ORDER } from "../../abi/kernel";
import { PAGE_SIZE } from "../../abi/machine-memory";
import type { Block, BuddyChange } from "../../decode/buddy-changes";
import { physicalTexts } from "../../i18n/physical";
import { hex } from "../../render/text";
import { sizeText } from "../../scene/sizes";
import { useUi } from "../../store";
import type { RamProps } from "./props";

/** Blocks of a list that are drawn, and changes that are told. */
const BLOCKS = 3;
const CHANGES = 4;

/** `4 KiB` is too wide for its column. */
const shortSize = (bytes: number): string => sizeText(bytes).replace(" KiB", "K").replace(" MiB", "M");

export function BuddyLists({ ram, sight, onChoose }: RamProps) {
  const text = physicalTexts[useUi((state) => state.locale)];
  const { free } = ram.physical;
  const changes = ram.changes ?? [];
  const drawn = changes.find(({ kind }) => kind === "split" || kind === "merge") ?? null;
  const added = new Set(
    changes.flatMap(({ kind, pfn, order, parts }) => {
      if (kind === "split") return parts.map((part) => `${part.pfn}.${part.order}`);
      return kind === "taken" ? [] : [`${pfn}.${order}`];
    }),
  );
  const orders = free.orders.toReversed();
  return (
    <section className="ram-section buddy" aria-label={text.buddy}>
      <header className="ram-head">
        <h3>{text.buddy}</h3>
        <span className="dim mono">{text.buddyHint}</span>
      </header>
      <ol className="buddy-orders" data-drawn={drawn !== null}>
        {orders.map(({ order, pfns, count }) => (
          <li key={order} aria-label={text.orderRow(order, sizeText(2 ** order * PAGE_SIZE), count)}>
            <b className="mono">{order}</b>
            <span className="mono dim">{shortSize(2 ** order * PAGE_SIZE)}</span>
            <span className="mono buddy-count">{count}</span>
            <span className="buddy-list">
              <span className="buddy-dot" aria-hidden="true" />
              {pfns.length === 0 ? <span className="dim">∅</span> : null}
              {pfns.slice(0, BLOCKS).map((pfn) => (
                <button
                  key={pfn}
                  type="button"
                  className="mono"
                  data-new={added.has(`${pfn}.${order}`) || undefined}
                  aria-pressed={sight.selected >= pfn && sight.selected < pfn + 2 ** order}
                  onClick={() => onChoose(pfn)}
                >
                  {hex(pfn)}
                </button>
              ))}
              {pfns.length > BLOCKS ? <span className="dim mono">{text.more(pfns.length - BLOCKS)}</span> : null}
            </span>
            <span className="buddy-pyramid">{drawn === null ? null : <Pyramid change={drawn} order={order} />}</span>
          </li>
        ))}
      </ol>
      {free.deferredPages > 0 ? (
        <p className="dim buddy-deferred">
          {text.deferred(
            Math.floor(free.deferredPages / 2 ** MAX_ORDER)
              .toLocaleString("en")
              .replaceAll(",", " "),
          )}
        </p>
      ) : null}
      <Changes changes={ram.changes} />
      <p className="dim">{text.watermark(sizeText(free.freePages * PAGE_SIZE), sizeText(free.watermarkMin * PAGE_SIZE))}</p>
    </section>
  );
}

/** The block that was split or became whole, at its own order; its parts at theirs, each where it lies in the block. */
function Pyramid({ change, order }: { readonly change: BuddyChange; readonly order: number }) {
  const box = ({ pfn, order: size }: Block): CSSProperties => ({
    left: `${((pfn - change.pfn) / 2 ** change.order) * 100}%`,
    width: `${2 ** (size - change.order) * 100}%`,
  });
  if (order === change.order)
    return (
      <span className="buddy-block" data-state={change.kind === "split" ? "gone" : "new"} style={box(change)}>
        <span className="mono">{hex(change.pfn)}</span>
      </span>
    );
  return change.parts
    .filter((part) => part.order === order)
    .map((part) => (
      <span key={part.pfn} className="buddy-block" data-state={change.kind === "split" ? "new" : "gone"} style={box(part)}>
        <span className="mono">{hex(part.pfn)}</span>
      </span>
    ));
}

function Changes({ changes }: { readonly changes: readonly BuddyChange[] | null }) {
  const text = physicalTexts[useUi((state) => state.locale)];
  const parts = (blocks: readonly Block[]): string => blocks.map(({ pfn, order }) => `${hex(pfn)} [${order}]`).join(", ");
  const told = changes === null ? [] : changes.slice(0, CHANGES);
  return (
    <div className="buddy-changes" data-testid="buddy-changes">
      <h4>{text.lastStep}</h4>
      {changes === null ? <p className="dim">{text.unknownStep}</p> : null}
      {changes?.length === 0 ? <p className="dim">{text.unchanged}</p> : null}
      <ul>
        {told.map((change) => (
          <li key={`${change.kind} ${change.pfn}`} data-kind={change.kind}>
            {text.change(change.kind, hex(change.pfn), change.order, parts(change.parts))}
          </li>
        ))}
      </ul>
      {changes !== null && changes.length > CHANGES ? <p className="dim">{text.moreChanges(changes.length - CHANGES)}</p> : null}
    </div>
  );
}
