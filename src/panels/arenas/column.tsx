/** One thread: what it is at, its tcache, its arena with lock, heap, unsorted list and malloc_state. */
import { Lock, LockOpen } from "lucide-react";
import { useMemo } from "react";
import { threadState } from "../../abi/threads";
import type { ArenaFacts, FieldValue } from "../../decode/types";
import type { ArenaText } from "../../i18n/arenas";
import type { Instant, ThreadNow } from "../../queries";
import { hex, shortAddress } from "../../render/text";
import { arenaName } from "../../scene/bin-names";
import { heapPicture, type HeapPlace } from "../../scene/heaps";
import { sizeText } from "../../scene/sizes";
import { threadName } from "../../scene/threads";
import { useActions } from "../../store";
import { HeapRow, ListRow } from "./chunk-row";
import { lockOf, stateText } from "./state-text";

interface ColumnProps {
  readonly instant: Instant;
  readonly thread: ThreadNow;
  readonly places: readonly HeapPlace[];
  /** The thread before this one that uses the same arena, and shows it. */
  readonly sharedWith: ThreadNow | null;
  readonly text: ArenaText;
}

export function ThreadColumn(props: ColumnProps) {
  const { instant, thread, text, sharedWith } = props;
  const { arenas } = instant.heap;
  const arena = arenas.find(({ addr }) => addr === thread.arena);
  return (
    <article className="thread-column" data-thread={thread.number % 6} data-current={thread.current} data-testid="thread-column">
      <header>
        <b>{threadName(thread.number)}</b>
        <span className="thread-state" data-state={thread.state}>
          {stateText(thread, arenas, text)}
        </span>
        <span className="mono dim">{text.stack(thread.stackStart === 0 ? "[stack]" : hex(thread.stackStart))}</span>
      </header>
      {thread.state === threadState.ended ? null : <Tcache {...props} />}
      {arena === undefined ? (
        <p className="note">{thread.state === threadState.ended ? text.leftArena : text.noArena}</p>
      ) : (
        <>
          <ArenaHead {...props} arena={arena} />
          {sharedWith === null ? (
            <ArenaBody {...props} arena={arena} />
          ) : (
            <p className="note">{text.attached(`${threadName(sharedWith.number)}, ${threadName(thread.number)}`)}</p>
          )}
        </>
      )}
    </article>
  );
}

function Tcache({ instant, thread, text }: ColumnProps) {
  const { heap, abi, picture } = instant;
  const tcache = heap.tcaches.find(({ addr }) => addr === thread.tcache);
  const lists = tcache?.lists.filter(({ entries }) => entries.length > 0) ?? [];
  const none = abi.tcache === null ? text.neverTcache : tcache === undefined ? text.noTcache : text.emptyTcache;
  return (
    <section>
      <h3>{text.ownTcache}</h3>
      {lists.length === 0 ? <p className="note">{none}</p> : null}
      {lists.map((list) => (
        <ListRow
          key={list.id}
          picture={picture}
          list={list}
          label={`${hex(list.sizeBytes)} ${list.claimedCount}/${tcache?.fillCount ?? 0}`}
        />
      ))}
    </section>
  );
}

function ArenaHead({ instant, arena, text }: ColumnProps & { readonly arena: ArenaFacts }) {
  const { holder, waiters } = lockOf(arena, instant.threads);
  const awaited = waiters.map(({ number }) => threadName(number)).join(", ");
  const Icon = holder === null ? LockOpen : Lock;
  return (
    <div className="arena-head">
      <b className="mono">{arenaName(instant.heap.arenas, arena)}</b>
      <span className="dim mono">{shortAddress(arena.addr)}</span>
      <span className="lock-badge" data-awaited={waiters.length > 0} data-held={holder !== null} data-testid="lock-badge">
        <Icon size={12} />
        {holder === null ? text.mutexFree : text.heldBy(threadName(holder.number))}
        {waiters.length > 0 ? ` · ${text.awaitedBy(awaited)}` : ""}
      </span>
    </div>
  );
}

function ArenaBody({ instant, arena, places, text }: ColumnProps & { readonly arena: ArenaFacts }) {
  const { picture } = instant;
  const own = places.filter((place) => place.arena === arena);
  const unsorted = arena.lists.find(({ kind }) => kind === "unsorted");
  return (
    <>
      {own.map((place) => (
        <HeapBar key={place.id} instant={instant} place={place} text={text} />
      ))}
      {unsorted === undefined ? null : (
        <section>
          <ListRow picture={picture} list={unsorted} label="unsorted" />
        </section>
      )}
      <StateFields instant={instant} arena={arena} text={text} />
    </>
  );
}

/** The reservation at true scale, and its chunks magnified below. */
function HeapBar({ instant, place, text }: { readonly instant: Instant; readonly place: HeapPlace; readonly text: ArenaText }) {
  const { picture } = instant;
  const shown = useMemo(() => heapPicture(picture, place), [picture, place]);
  const { heap } = place;
  const { start, end } = shown.chunks;
  return (
    <section>
      <div className="heap-range mono">
        {heap === null ? "[heap] " : ""}
        {hex(start)} – {hex(end)}
        <span className="dim">
          {heap === null ? text.byBreak : text.reserved(sizeText(heap.reservedBytes), sizeText(heap.mprotectBytes))}
        </span>
      </div>
      {heap === null ? null : (
        <div className="heap-reserved" aria-hidden="true">
          <i style={{ width: `${Math.max(1, (100 * heap.mprotectBytes) / heap.reservedBytes)}%` }} />
        </div>
      )}
      <HeapRow picture={shown} />
    </section>
  );
}

const fields: readonly string[] = [
  "mutex",
  "have_fastchunks",
  "top",
  "last_remainder",
  "next",
  "next_free",
  "attached_threads",
  "system_mem",
];

function StateFields({
  instant,
  arena,
  text,
}: {
  readonly instant: Instant;
  readonly arena: ArenaFacts;
  readonly text: ArenaText;
}) {
  const actions = useActions();
  const changed = new Set(instant.picture.changed.map(({ addr }) => addr));
  const { arenas } = instant.heap;
  const valueOf = ({ values: [value = 0n], field }: FieldValue): string => {
    if (field.type !== "pointer") return hex(value);
    const other = arenas.find(({ addr }) => addr === Number(value));
    return value === 0n ? "NULL" : other === undefined ? shortAddress(Number(value)) : arenaName(arenas, other);
  };
  const known = fields.flatMap((name) => arena.state.fields?.filter(({ field }) => field.name === name) ?? []);
  return (
    <section>
      <h3>
        <button
          type="button"
          className="struct-link"
          onClick={() => {
            actions.setWorkspace("heap");
            actions.selectStructure({ kind: "malloc_state", addr: arena.addr });
          }}
        >
          struct malloc_state
        </button>
        <span className="dim">{text.attached(usersOf(instant, arena, text))}</span>
      </h3>
      <dl className="state-fields mono">
        {known.map((field) => (
          <div key={field.field.name} data-changed={changed.has(field.addr)}>
            <dt>{field.field.name}</dt>
            <dd>{valueOf(field)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

export function usersOf({ threads }: Instant, arena: ArenaFacts, text: ArenaText): string {
  const users = threads.filter((thread) => thread.arena === arena.addr).map(({ number }) => threadName(number));
  return users.length === 0 ? text.nobody : users.join(", ");
}
