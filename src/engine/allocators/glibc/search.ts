/** Best fit: the bin of a large request, then every larger bin with the help of the binmap. */
import { spend } from "../../control";
import { Mark, Msg } from "../../generated/abi";
import { decide, line, phase } from "../../marks";
import { arenaBit, binAt, binmapAt, isSmall, setLastRemainder } from "./arena";
import { insertUnsorted, unlinkChunk } from "./bins";
import { bkNextsize, chunkSize, fd, firstOf, head, lastOf, memOf, PREV_INUSE, setFoot, setHead } from "./chunk";
import { insist } from "./die";
import { handOut, useWhole } from "./int-malloc";
import { getState, headerBytes, minSize, putState } from "./word";

const BLOCKS: u32 = 4;

/** Smallest chunk of the request's own large bin that is large enough, found along the skip list from the small end. 0 when there is none. */
export function takeFromLargeBin<W>(av: W, nb: W, bytes: W, index: u32): W {
  const bin = binAt<W>(av, index);
  const first = firstOf<W>(bin);
  phase<W>(Mark.TryLargeBin, <W>index, nb);
  if (!decide<W>(Mark.LargeBinHit, first != bin, <W>index, first)) return 0;
  if (!decide<W>(Mark.LargestFits, head<W>(first) >= nb, head<W>(first), nb)) return 0;
  let victim = bkNextsize<W>(first);
  let size = chunkSize<W>(victim);
  while (decide<W>(Mark.LargeTooSmall, size < nb, size, nb)) {
    victim = bkNextsize<W>(victim);
    size = chunkSize<W>(victim);
    spend(1);
  }
  // Prefer the second of a size: the first one holds the ring together.
  if (victim != lastOf<W>(bin) && decide<W>(Mark.LargeSecond, head<W>(victim) == head<W>(fd<W>(victim)), victim, fd<W>(victim))) {
    victim = fd<W>(victim);
  }
  unlinkChunk<W>(victim, Msg.AssertUnlinkLargeBinForward);
  return splitOrUse<W>(av, victim, size, nb, bytes, Msg.UnsortedCorrupted, false);
}

/** First non-empty bin from `index` on; a marked bin that turns out empty loses its mark. 0 when none is left. */
export function takeFromLargerBins<W>(av: W, nb: W, bytes: W, index: u32): W {
  phase<W>(Mark.ScanBinmap, <W>index, nb);
  let block: u32 = index >> 5;
  let bit: u32 = <u32>1 << (index & 31);
  let bin = binAt<W>(av, index);
  let map = getState<u32>(binmapAt<W>(av, block));
  for (;;) {
    if (bit > map || bit == 0) {
      do {
        block++;
        if (!decide<W>(Mark.BinmapLeft, block < BLOCKS, <W>block, <W>BLOCKS)) return 0;
        map = getState<u32>(binmapAt<W>(av, block));
      } while (map == 0);
      bin = binAt<W>(av, block << 5);
      bit = 1;
    }
    while ((bit & map) == 0) {
      bin += headerBytes<W>();
      bit <<= 1;
    }
    const victim = lastOf<W>(bin);
    if (decide<W>(Mark.BinmapHit, victim != bin, <W>((block << 5) + <u32>ctz<u32>(bit)), victim)) {
      const size = chunkSize<W>(victim);
      insist<W>(size >= nb, Msg.AssertBinFits);
      unlinkChunk<W>(victim, Msg.AssertUnlinkBinmapForward);
      return splitOrUse<W>(av, victim, size, nb, bytes, Msg.UnsortedCorrupted2, isSmall<W>(nb));
    }
    map &= ~bit;
    putState<u32>(binmapAt<W>(av, block), map);
    bin += headerBytes<W>();
    bit <<= 1;
    spend(1);
  }
  return 0;
}

/** Uses an unlinked chunk whole, or cuts it and puts the remainder into the unsorted bin. */
function splitOrUse<W>(av: W, victim: W, size: W, nb: W, bytes: W, corrupted: Msg, advertise: bool): W {
  const rest: W = size - nb;
  if (!decide<W>(Mark.SplitFits, rest >= minSize<W>(), rest, minSize<W>())) {
    useWhole<W>(av, victim, size);
    return handOut<W>(victim, bytes);
  }
  const remainder: W = victim + nb;
  insertUnsorted<W>(av, remainder, rest, corrupted, memOf<W>(victim));
  if (advertise) {
    line<W>(Mark.LastRemainder, remainder, rest);
    setLastRemainder<W>(av, remainder);
  }
  setHead<W>(victim, nb | <W>PREV_INUSE | arenaBit<W>(av));
  setHead<W>(remainder, rest | <W>PREV_INUSE);
  setFoot<W>(remainder, rest);
  return handOut<W>(victim, bytes);
}
