/** The inspector: the selected chunk (and a pinned one beside it), the selected mapping, or what could be selected. */
import { Braces, ChevronLeft, ChevronRight } from "lucide-react";
import { lazy, Suspense } from "react";
import { rowOf } from "../../decode/chunk-table";
import { arenaTexts } from "../../i18n/arenas";
import { panelTexts } from "../../i18n/panels";
import { useInstant, useSubject, useSummary } from "../../queries";
import "../../render/svg/figures.css";
import { shortAddress } from "../../render/text";
import { useActions, useUi } from "../../store";
import { IconButton } from "../../ui";
import { useShown } from "../shared/use-shown";
import { ChunkCard } from "./chunk-card";
import { currentEntry, historyOf } from "./history";
import "./inspector.css";
import { MappingCard } from "./mapping-card";

/** Fetched when the first struct is looked at. */
const StructCard = lazy(() => import("./struct-card"));
/** Fetched with the views of memory. */
const VmaCard = lazy(() => import("./vma-card"));
const PageHeldCard = lazy(() => import("../shared/page-held"));

export function InspectorPanel(): React.ReactNode {
  const locale = useUi((state) => state.locale);
  const text = panelTexts[locale];
  const instant = useInstant();
  const summary = useSummary();
  const actions = useActions();
  const selection = useUi((state) => state.selection);
  const pinned = useUi((state) => state.pinned);
  const mapping = useUi((state) => state.mapping);
  const structure = useUi((state) => state.structure);
  const memory = useUi((state) => state.workspace === "memory");

  const shown = useShown();
  const vma = mapping === null ? undefined : shown?.space.vmas.find((entry) => entry.start === mapping);
  const subject = useSubject();
  // Nothing selected: the inspector follows the calls.
  const chosen = structure !== null ? null : (selection ?? (vma === undefined ? subject : null));
  const chunk = chosen !== null && instant !== null ? chosen : null;
  const history =
    chunk === null || instant === null ? [] : historyOf(summary?.operations ?? [], chunk + 2 * instant.abi.wordBytes);
  const at = instant === null ? -1 : currentEntry(history, instant.cursor);
  const standing = history[at];
  const inside = standing !== undefined && instant !== null && instant.cursor < standing.operation.end;
  const previous = history[inside ? at - 1 : at - (standing !== undefined && instant?.cursor === standing.operation.end ? 1 : 0)];
  const next = history[at + 1];
  const both = chunk !== null && pinned !== null && pinned !== chunk;
  const held = memory && structure === null && (
    <Suspense fallback={null}>
      <PageHeldCard />
    </Suspense>
  );
  return (
    <>
      <header className="panel-head">
        <h2>{text.inspector.title}</h2>
        {chunk !== null && (
          <span className="dim">
            {text.inspector.chunk} <span className="mono">{shortAddress(chunk)}</span>
          </span>
        )}
        <span className="grow" />
        <IconButton
          label={arenaTexts[locale].structures}
          pressed={structure !== null}
          isDisabled={instant === null}
          testId="structures"
          onPress={() =>
            instant &&
            actions.selectStructure(structure === null ? { kind: "malloc_state", addr: instant.heap.arena.addr } : null)
          }
        >
          <Braces size={15} />
        </IconButton>
        {chunk !== null && (
          <>
            <IconButton
              label={text.inspector.previousEvent}
              keys="["
              isDisabled={previous === undefined}
              onPress={() => previous && actions.seekOperation(previous.operation.index)}
            >
              <ChevronLeft size={15} />
            </IconButton>
            <IconButton
              label={text.inspector.nextEvent}
              keys="]"
              isDisabled={next === undefined}
              onPress={() => next && actions.seekOperation(next.operation.index)}
            >
              <ChevronRight size={15} />
            </IconButton>
          </>
        )}
      </header>
      <div className="panel-body inspector-body" data-two={both}>
        {vma === undefined && held}
        {instant !== null && chunk !== null && rowOf(instant.heap.chunks, chunk) < 0 && (
          <p className="empty">{text.inspector.gone}</p>
        )}
        {instant !== null && chunk !== null && (
          <ChunkCard instant={instant} operations={summary?.operations ?? []} chunkAddr={chunk} text={text} />
        )}
        {instant !== null && both && (
          <ChunkCard
            instant={instant}
            operations={summary?.operations ?? []}
            chunkAddr={pinned}
            text={text}
            onClose={() => actions.pin(null)}
          />
        )}
        {instant !== null && structure !== null && (
          <Suspense fallback={null}>
            <StructCard instant={instant} structure={structure} />
          </Suspense>
        )}
        {vma !== undefined && <MappingCard vma={vma} text={text} />}
        {vma !== undefined && shown !== null && memory && (
          <Suspense fallback={null}>
            <VmaCard instant={shown} vma={vma} />
          </Suspense>
        )}
        {vma !== undefined && held}
        {chunk === null && vma === undefined && structure === null && (
          <p className="empty">
            <b>{text.inspector.empty}</b>
            {text.inspector.emptyHint}
          </p>
        )}
      </div>
    </>
  );
}
