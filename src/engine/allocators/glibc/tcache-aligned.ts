/** memalign's look through the tcache: an entry of the right size that happens to be aligned is taken out of the middle of its list. */
import { Feature, Mark, Msg } from "../../generated/abi";
import { decide, phase } from "../../marks";
import { spend } from "../../control";
import { die } from "./die";
import { dropEntry, tcacheBins, tcacheCount, tcacheHead, tcacheIndex, threadCache } from "./tcache";
import { get, has, isAligned, mangle } from "./word";

/** 0 when there is none. malloc.c: _mid_memalign, tcache_get_n. */
export function tcacheGetAligned<W>(nb: W, alignment: W): W {
  const index = tcacheIndex<W>(nb);
  const tc = threadCache<W>();
  if (tc == 0 || index >= tcacheBins<W>() || tcacheCount<W>(tc, index) == 0) return 0;
  phase<W>(Mark.MemalignTcache, alignment, index);
  let place = tcacheHead<W>(tc, index);
  let entry = get<W>(place);
  let inner = false;
  while (entry != 0 && !decide<W>(Mark.MemalignEntry, entry % alignment == 0, entry, alignment)) {
    place = entry;
    inner = true;
    entry = mangle<W>(entry, get<W>(entry));
    spend(1);
  }
  if (entry == 0) return 0;
  if (!isAligned<W>(entry)) die<W>(Msg.TcacheUnaligned);
  dropEntry<W>(tc, index, place, inner, entry);
  return entry;
}
