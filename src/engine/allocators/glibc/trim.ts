/** Giving memory back: systrim (top, by brk) and mtrim (whole pages inside free chunks, by madvise). */
import { spend } from "../../control";
import { Feature, Mark, Msg } from "../../generated/abi";
import { FAILED, madvise, MADV_DONTNEED } from "../../kernel";
import { decide, line, phase } from "../../marks";
import { binAt, binIndex, isMain, NBINS, setSystemMem, systemMem, top } from "./arena";
import { bk, chunkSize, PREV_INUSE, setHead } from "./chunk";
import { consolidate } from "./consolidate";
import { insist } from "./die";
import { transparentHugePage } from "./parameters";
import { morecore } from "./sysmalloc";
import { alignDown, alignUp, fullChunk, has, isNegative, minSize, pageSize } from "./word";

/** Returns the whole pages of top beyond `pad`. Comparisons are unsigned, as glibc's turn out to be. malloc.c: systrim. */
export function systrim<W>(av: W, pad: W): bool {
  const topSize = chunkSize<W>(top<W>(av));
  const area: W = topSize - minSize<W>() - 1;
  phase<W>(Mark.Systrim, topSize, pad);
  if (!has(Feature.TrimByPages) && !decide<W>(Mark.SystrimEnough, area > pad, area, pad)) return false;
  const huge = transparentHugePage<W>();
  const page = pageSize<W>();
  const extra: W = has(Feature.TrimByPages)
    ? ((topSize - pad - minSize<W>() + (page - 1)) / page - 1) * page
    : alignDown<W>(area - pad, huge != 0 ? huge : page);
  const some = extra != 0 && !(has(Feature.TrimByPages) && isNegative<W>(extra));
  if (!decide<W>(Mark.SystrimPages, some, extra, pageSize<W>())) return false;
  const now = morecore<W>(0);
  const end: W = top<W>(av) + topSize;
  if (!decide<W>(Mark.SystrimOurs, now == end, now, end)) return false;
  morecore<W>(0 - extra);
  const after = morecore<W>(0);
  if (after == <W>FAILED) return false;
  const released: W = now - after;
  if (!decide<W>(Mark.SystrimReleased, released != 0, released, extra)) return false;
  setSystemMem<W>(av, systemMem<W>(av) - released);
  setHead<W>(top<W>(av), (topSize - released) | <W>PREV_INUSE);
  return true;
}

/** malloc_trim for one arena. malloc.c: mtrim. */
export function trimArena<W>(av: W, pad: W): bool {
  consolidate<W>(av);
  phase<W>(Mark.TrimPages, pad, 0);
  const page = pageSize<W>();
  let released = false;
  for (let index: u32 = 1; index < NBINS; index++) {
    if (index != 1 && index < binIndex<W>(page)) continue;
    const bin = binAt<W>(av, index);
    for (let p = bk<W>(bin); p != bin; p = bk<W>(p)) {
      if (releasePages<W>(p, page)) released = true;
      spend(1);
    }
  }
  return (isMain<W>(av) && systrim<W>(av, pad)) || released;
}

/** Drops the whole pages inside one free chunk, behind its six words of links. */
function releasePages<W>(p: W, page: W): bool {
  const size = chunkSize<W>(p);
  if (!decide<W>(Mark.TrimChunk, size > page - 1 + fullChunk<W>(), p, size)) return false;
  const start = alignUp<W>(p + fullChunk<W>(), page);
  insist<W>(p + size > start, Msg.AssertTrimEnd);
  const length: W = size - (start - p);
  if (length <= page - 1) return false;
  line<W>(Mark.TrimRelease, start, alignDown<W>(length, page));
  madvise(<u64>start, <u64>alignDown<W>(length, page), MADV_DONTNEED);
  return true;
}
