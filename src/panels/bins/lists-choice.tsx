/** Whose lists are shown, when there are several threads: the arena is the map's, the tcache any thread's. */
import { arenaTexts } from "../../i18n/arenas";
import { useHeapPlace, useInstant, useTcacheOwner } from "../../queries";
import { arenaName } from "../../scene/bin-names";
import { threadName } from "../../scene/threads";
import { useActions, useUi } from "../../store";
import "../shared/threads.css";

export function ListsChoice(): React.ReactNode {
  const text = arenaTexts[useUi((state) => state.locale)];
  const actions = useActions();
  const instant = useInstant();
  const place = useHeapPlace();
  const owner = useTcacheOwner().thread;
  const chosen = useUi((state) => state.tcacheChoice) !== null;
  if (instant === null || place === undefined) return null;
  const { threads, heap, abi } = instant;
  const entries = (addr: number): number =>
    heap.tcaches.find((tcache) => tcache.addr === addr)?.lists.reduce((sum, list) => sum + list.entries.length, 0) ?? 0;
  return (
    <div className="lists-choice">
      {abi.tcache !== null && threads.length > 0 && (
        <div className="heap-chips" role="group" aria-label={text.chooseTcache}>
          <span className="dim">tcache</span>
          {threads
            .filter((thread) => thread.tcache > 0 || thread.current)
            .map((thread) => (
              <button
                type="button"
                key={thread.number}
                className="heap-chip"
                aria-pressed={thread === owner}
                data-testid="tcache-chip"
                onClick={() => actions.chooseTcache(thread.number)}
              >
                <i className="thread-tag" data-thread={thread.number % 6} data-current={thread.current}>
                  {threadName(thread.number)}
                </i>
                <span className="dim">{text.cached(entries(thread.tcache))}</span>
              </button>
            ))}
          {chosen && (
            <button type="button" className="heap-chip follow" onClick={() => actions.chooseTcache(null)}>
              {text.follow}
            </button>
          )}
        </div>
      )}
      <span className="dim">
        {text.binsOf} <span className="mono">{arenaName(heap.arenas, place.arena)}</span>
      </span>
    </div>
  );
}
