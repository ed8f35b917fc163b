/** What malloc does when a thread ends: its cached chunks go back to their arenas, then the arena loses the thread. */
import { CONTROL_TCACHE_POINTER, Feature, Mark, Msg, PROFILE_TCACHE_BINS } from "../../generated/abi";
import { spend } from "../../control";
import { decide, phase } from "../../marks";
import { write } from "../../memory/access";
import { arenaFor } from "./arena";
import { leaveThreadArena } from "./arena-get";
import { chunkOf, head, sizeIn } from "./chunk";
import { die } from "./die";
import { freeChunk } from "./int-free";
import { free } from "./malloc";
import { endCache, setCacheEntry, tcacheFirst, threadCache } from "./tcache";
import { get, has, hasSafeLinking, hasTcache, isAligned, known, mangle, put, sizeSz } from "./word";

function freeDirectly<W>(mem: W): void {
  const p = chunkOf<W>(mem);
  const ownHead = head<W>(p);
  freeChunk<W>(arenaFor<W>(p), p, sizeIn<W>(ownHead), ownHead, false);
}

export function endThread<W>(): void {
  if (hasTcache()) flushCache<W>();
  leaveThreadArena<W>();
}

/** malloc.c: tcache_thread_shutdown. The entries are freed as the program would free them, only that there is no tcache to take them. */
function flushCache<W>(): void {
  const tc = threadCache<W>();
  phase<W>(Mark.CacheShutdown, tc, 0);
  // Once the cache was only shut down when it was empty: the first free made another one, which the thread took with it.
  if (!has(Feature.ExitRefills)) endCache<W>();
  if (tc == 0) return;
  write<W>(load<u64>(CONTROL_TCACHE_POINTER), 0);
  const bins = <W>known(PROFILE_TCACHE_BINS);
  for (let index: W = 0; index < bins; index++) {
    for (let entry = tcacheFirst<W>(tc, index); entry != 0; entry = tcacheFirst<W>(tc, index)) {
      if (hasSafeLinking() && !decide<W>(Mark.CacheShutdownAligned, isAligned<W>(entry), entry, index)) die<W>(Msg.TcacheShutdownUnaligned);
      setCacheEntry<W>(tc, index, mangle<W>(entry, get<W>(entry)));
      if (has(Feature.ExitFreesDirectly)) {
        put<W>(entry + sizeSz<W>(), 0);
        freeDirectly<W>(entry);
      } else free<W>(entry);
      spend(1);
    }
  }
  if (has(Feature.ExitFreesDirectly)) freeDirectly<W>(tc);
  else free<W>(tc);
  if (has(Feature.ExitRefills)) endCache<W>();
}
