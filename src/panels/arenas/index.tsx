/** Threads and arenas: who runs when, what each thread has, and the ring of arenas. Fetched when first asked for. */
import { useMemo } from "react";
import { scheduleText } from "../../abi/schedule";
import { threadState } from "../../abi/threads";
import { arenaTexts } from "../../i18n/arenas";
import { type Instant, useHeapPlaces, useInstant, useSummary } from "../../queries";
import { arenaName } from "../../scene/bin-names";
import { useUi } from "../../store";
import { WorkspaceSwitch } from "../shared/workspace-switch";
import "../../render/svg/figures.css";
import "../shared/threads.css";
import "./arenas.css";
import { ThreadColumn, usersOf } from "./column";
import { Lanes } from "./lanes";
import { lockOf } from "./state-text";

function ArenasPanel() {
  const text = arenaTexts[useUi((state) => state.locale)];
  const summary = useSummary();
  const instant = useInstant();
  const places = useHeapPlaces();
  const schedule = useUi((state) => state.run?.scenario.machine.schedule);
  const threads = useMemo(() => instant?.threads.filter(({ state }) => state !== threadState.gone) ?? [], [instant]);
  return (
    <div className="arenas-panel">
      <header className="panel-head">
        <h2>{text.schedule}</h2>
        {schedule === undefined ? null : (
          <span className="dim" title={scheduleText(schedule)}>
            {text.scheduleKind[schedule.kind]}
          </span>
        )}
        <span className="grow" />
        <WorkspaceSwitch />
      </header>
      <div className="panel-body arenas-body">
        {summary === null ? null : <Lanes summary={summary} />}
        {instant === null ? null : (
          <>
            <div className="thread-columns">
              {threads.map((thread, i) => (
                <ThreadColumn
                  key={thread.number}
                  instant={instant}
                  thread={thread}
                  places={places}
                  sharedWith={threads.slice(0, i).find(({ arena }) => arena === thread.arena && arena > 0) ?? null}
                  text={text}
                />
              ))}
            </div>
            <Ring instant={instant} />
          </>
        )}
      </div>
    </div>
  );
}

/** malloc_state.next from main_arena on, and back. */
function Ring({ instant }: { readonly instant: Instant }) {
  const text = arenaTexts[useUi((state) => state.locale)];
  const { arenas } = instant.heap;
  return (
    <section className="ring">
      <h3>
        {text.ring} <span className="mono dim">malloc_state.next</span>
        <span className="right">{text.ringNote(arenas.length)}</span>
      </h3>
      <div className="ring-row">
        {arenas.map((arena) => (
          <span key={arena.addr} className="ring-stop">
            <span className="ring-box" data-awaited={lockOf(arena, instant.threads).waiters.length > 0}>
              <b>{arenaName(arenas, arena)}</b>
              <small>{text.attached(usersOf(instant, arena, text))}</small>
            </span>
            <span className="ring-arrow" aria-hidden="true">
              {arena === arenas.at(-1) ? "↺" : "→"}
            </span>
          </span>
        ))}
      </div>
    </section>
  );
}

export default ArenasPanel;
