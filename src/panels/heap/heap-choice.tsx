/** Which heap the map shows, when there are several: every arena's heaps with their sizes and the threads that use them. */
import { arenaTexts } from "../../i18n/arenas";
import { useHeapPlace, useHeapPlaces, useInstant } from "../../queries";
import { hex } from "../../render/text";
import { sizeText } from "../../scene/sizes";
import { threadName } from "../../scene/threads";
import { useActions, useUi } from "../../store";
import "../shared/threads.css";
import { WorkspaceSwitch } from "../shared/workspace-switch";

export function HeapChoice(): React.ReactNode {
  const text = arenaTexts[useUi((state) => state.locale)];
  const actions = useActions();
  const places = useHeapPlaces();
  const shown = useHeapPlace();
  const threads = useInstant()?.threads ?? [];
  const chosen = useUi((state) => state.heapChoice) !== null;
  if (shown === undefined) return null;
  const { heap, arena } = shown;
  return (
    <div className="heap-choice">
      <WorkspaceSwitch />
      <div className="heap-chips" role="group" aria-label={text.chooseHeap}>
        {places.map((place) => {
          const users = threads.filter((thread) => thread.arena === place.arena.addr);
          return (
            <button
              type="button"
              key={place.id}
              className="heap-chip"
              aria-pressed={place.id === shown.id}
              data-testid="heap-chip"
              onClick={() => actions.chooseHeap(place.id)}
            >
              <b className="mono">{place.name}</b> <span className="dim">{sizeText(place.sizeBytes)}</span>
              {users.map(({ number, current }) => (
                <i key={number} className="thread-tag" data-thread={number % 6} data-current={current}>
                  {threadName(number)}
                </i>
              ))}
            </button>
          );
        })}
        {chosen && (
          <button type="button" className="heap-chip follow" onClick={() => actions.chooseHeap(null)}>
            {text.follow}
          </button>
        )}
      </div>
      <div className="heap-facts">
        {heap === null ? (
          <span className="dim">{text.byBreak}</span>
        ) : (
          <>
            <button
              type="button"
              className="struct-link mono"
              onClick={() => actions.selectStructure({ kind: "heap_info", addr: heap.addr })}
            >
              heap_info
            </button>
            <span className="dim">{text.reserved(sizeText(heap.reservedBytes), sizeText(heap.mprotectBytes))}</span>
          </>
        )}
        <button
          type="button"
          className="struct-link mono"
          title={hex(arena.addr)}
          onClick={() => actions.selectStructure({ kind: "malloc_state", addr: arena.addr })}
        >
          malloc_state
        </button>
      </div>
    </div>
  );
}
