/** Scripts that end in one failed assertion each: those of other arenas than main's, their heaps and threads. */
import { type Misuse, type Place, poke, pokeInt } from "./place";

/** Thread 1 has an arena of its own, though releases without a limit give one only to who finds main_arena locked. Slot 90 is in it. */
function* otherArena(place: Place): Generator<string> {
  const lock = place.state("mutex");
  yield* ["m 99 24", "S 1", ...pokeInt(lock, 1), "T 1 m 90 24", ...pokeInt(lock, 0)];
}

const heapOf = ({ heapMax }: Place, addr: number): number => addr - (addr % heapMax);

/** Two heaps: slot 0 fills more than half of the first one and slot 1 as much of the second one, which is all top but for it. */
function* twoHeaps(place: Place, between: readonly string[] = []): Generator<string> {
  yield* ["o -4 0", ...otherArena(place), `T 1 m 0 ${Math.floor(place.heapMax * 0.55)}`, ...between];
  yield `T 1 m 1 ${Math.floor(place.heapMax * 0.6)}`;
}

/** Damages the fence at the end of the first heap, a header that is in use and nothing behind it; then the second heap can go. */
function fence(message: string, damage: (last: number, before: number, place: Place) => readonly string[]): Misuse {
  return {
    message,
    *script(place) {
      yield* twoHeaps(place);
      const { word } = place;
      const heap = heapOf(place, place.slot(0));
      const end = heap + place.peek(heap + 2 * word) - (place.least - 2 * word);
      const last = end - (end % 16);
      yield* damage(last, last - place.peek(last), place);
      yield "T 1 f 1";
    },
  };
}

/** The free rest of the first heap is in a large bin, and its neighbours in the skip list do not lead back. */
function fenceUnlinked(direction: "Forward" | "Backward"): Misuse {
  return {
    message: `AssertUnlinkHeapTrim${direction}`,
    *script(place) {
      yield* twoHeaps(place, ["T 1 m 3 50000"]);
      yield* ["T 1 f 3", `T 1 m 2 ${Math.floor(place.heapMax * 0.2)}`, "T 1 f 2"];
      const { word } = place;
      const heap = heapOf(place, place.slot(0));
      const fenced = heap + place.peek(heap + 2 * word) - (place.least - 2 * word) - 2 * word;
      const rest = fenced - place.peek(fenced);
      const used = place.slot(0) - 2 * word;
      yield* poke(rest + 4 * word, used);
      if (direction === "Backward") yield* [...poke(used + 5 * word, rest), ...poke(rest + 5 * word, used)];
      yield "T 1 f 1";
    },
  };
}

/** The newest arena's count of threads is changed. */
function* attached(place: Place, count: number): Generator<string> {
  yield* poke(place.state("attached_threads", place.peek(place.state("next"))), count);
}

export const arenaAssertions: readonly Misuse[] = [
  {
    message: "AssertHeapArena",
    *script(place) {
      yield* twoHeaps(place);
      yield* poke(heapOf(place, place.slot(1)), 0);
      yield "T 1 f 0";
    },
  },
  fence("AssertHeapFence", (last, _, { word }) => poke(last + word, 17)),
  fence("AssertHeapFenceSize", (_, before, { word }) => poke(before + word, 0x101)),
  fence("AssertHeapTopSize", (_, before, { word, heapMax }) => [...poke(before + word, 2 * word), ...poke(before, heapMax)]),
  fence("AssertHeapTopPage", (_, before, { word }) => poke(before + word, 1)),
  fence("AssertHeapTopEnd", (last, before, { word }) => [
    ...poke(last, last - before + 4096),
    ...poke(before - 4096 + word, 2 * word + 1),
  ]),
  fenceUnlinked("Forward"),
  fenceUnlinked("Backward"),
  {
    // Main's request fails: it looks for another arena.
    message: "AssertDetachAttached",
    script: (place) => [
      "S 1",
      "m 0 24",
      ...poke(place.state("attached_threads"), 0),
      ...(place.word === 4 ? ["m 1 1610612736"] : []),
      `m 2 ${place.word === 4 ? 0x6000_0000 : 0x7f00_0000_0000}`,
    ],
  },
  {
    message: "AssertThreadAttached",
    *script(place) {
      yield* otherArena(place);
      yield* attached(place, 0);
      yield "X 1";
    },
  },
  {
    message: "AssertFreeListAttached",
    *script(place) {
      yield* [...otherArena(place), "X 1"];
      yield* attached(place, 1);
      yield* ["S 2", "T 2 m 1 24"];
    },
  },
  {
    // The arena to be reused stands across the pointer to the free list: its lock makes the list begin in a page of ours.
    message: "AssertFreeListMember",
    *script(place) {
      const byte = place.word === 4 ? 3 : 5;
      const page = 2 ** (8 * byte);
      place.map(page);
      yield* ["m 0 24", "S 1", "o -8 1"];
      yield* poke(place.state("attached_threads", page), 1);
      yield* poke(place.symbol("nextToUse"), place.symbol("freeList") + byte);
      yield "T 1 m 1 24";
    },
  },
];
