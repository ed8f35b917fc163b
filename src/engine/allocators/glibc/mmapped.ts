/** Chunks that are mappings of their own (IS_MMAPPED): prev_size holds the bytes between the mapping's start and the chunk. */
import { Feature, Mark, Msg, PROFILE_MP_MMAPPED_MEM, PROFILE_MP_NMMAPS } from "../../generated/abi";
import { FAILED, madvise, MADV_HUGEPAGE, mmap, mremap, munmap } from "../../kernel";
import { decide, line, phase } from "../../marks";
import { chunkSize, head, IS_MMAPPED, isMmapped, memOf, prevSize, setHead, setPrevSize } from "./chunk";
import { die, insist } from "./die";
import { addMmapped, countMmap, hugePage, mp, setMp, transparentHugePage } from "./parameters";
import { alignMask, alignUp, has, headerBytes, pageSize, sizeSz } from "./word";

/** Asks for huge pages under a large enough stretch, when the tunable wants them. malloc.c: madvise_thp. */
export function adviseHuge<W>(addr: W, size: W): void {
  const huge = transparentHugePage<W>();
  if (huge == 0 || size < huge) return;
  const aligned: W = addr & ~(pageSize<W>() - 1);
  madvise(<u64>aligned, <u64>(size + (addr - aligned)), MADV_HUGEPAGE);
}

/** A chunk of its own mapping; 0 when the kernel refuses. malloc.c: sysmalloc_mmap. */
export function mmapChunk<W>(nb: W, unit: W, flags: i32): W {
  phase<W>(Mark.MmapChunk, nb, unit);
  if (has(Feature.MappedLikeHeap)) return mmapLikeHeap<W>(nb, unit, flags);
  const tight = alignMask<W>() + 1 == headerBytes<W>();
  // One word more than usual: no neighbour lends its prev_size.
  const size = alignUp<W>(nb + sizeSz<W>() + (tight ? <W>0 : alignMask<W>()), unit);
  if (!decide<W>(Mark.MmapSize, size > nb, size, nb)) return 0;
  const start = mmap(<u64>size, flags);
  if (!decide<W>(Mark.MmapGot, start != FAILED, <W>start, size)) return 0;
  if (flags == 0) adviseHuge<W>(<W>start, size);
  const misaligned: W = memOf<W>(<W>start) & alignMask<W>();
  const front: W = misaligned == 0 ? 0 : alignMask<W>() + 1 - misaligned;
  const p: W = <W>start + front;
  setPrevSize<W>(p, front);
  setHead<W>(p, (size - front) | <W>IS_MMAPPED);
  countMmap();
  addMmapped<W>(size);
  return memOf<W>(p);
}

/** prev_size of a mapped chunk, since it ends like any other: the offset in its mapping, and bit 0 for huge pages. */
const HUGE_BIT: u32 = 1;

function mmapLikeHeap<W>(nb: W, unit: W, flags: i32): W {
  const front: W = alignMask<W>() + 1 - headerBytes<W>();
  const size = alignUp<W>(nb + front + headerBytes<W>(), unit);
  const start = mmap(<u64>size, flags);
  if (!decide<W>(Mark.MmapLikeHeapGot, start != FAILED, <W>start, size)) return 0;
  if (flags == 0) adviseHuge<W>(<W>start, size);
  const p = setMapping<W>(<W>start, size, front, flags != 0 ? <W>HUGE_BIT : <W>0);
  countMmap();
  addMmapped<W>(size);
  return memOf<W>(p);
}

/** malloc.c: mmap_set_chunk. */
function setMapping<W>(base: W, size: W, offset: W, huge: W): W {
  const p: W = base + offset;
  setPrevSize<W>(p, offset | huge);
  setHead<W>(p, (size - offset - headerBytes<W>()) | <W>IS_MMAPPED);
  return p;
}

/** Bytes between the start of the mapping and its chunk. */
@inline
function frontOf<W>(p: W): W {
  return has(Feature.MappedLikeHeap) ? prevSize<W>(p) & ~(<W>HUGE_BIT) : prevSize<W>(p);
}

/** Bytes behind the chunk that belong to its mapping. */
@inline
function behind<W>(): W {
  return has(Feature.MappedLikeHeap) ? headerBytes<W>() : <W>0;
}

/** memalign moves the beginning of a mapped chunk up to an aligned place. */
export function moveMapped<W>(p: W, start: W): void {
  const front = frontOf<W>(p);
  const size: W = front + chunkSize<W>(p) + headerBytes<W>();
  setMapping<W>(p - front, size, start - (p - front), prevSize<W>(p) & <W>HUGE_BIT);
}

/** True when a chunk and its mapping cannot be what sysmalloc made. */
@inline
function isBadMapping<W>(p: W, block: W, total: W): bool {
  if (((block | total) & (pageSize<W>() - 1)) != 0) return true;
  if (!has(Feature.MappingChecks)) return false;
  const inPage: W = memOf<W>(p) & (pageSize<W>() - 1);
  return (inPage & (inPage - 1)) != 0;
}

/** malloc.c: munmap_chunk. */
export function munmapChunk<W>(p: W): void {
  const size: W = chunkSize<W>(p) + behind<W>();
  // The question that led here may have been answered before malloc, or the new threshold, was written over the answer.
  insist<W>(isMmapped<W>(head<W>(p)), Msg.AssertMunmapMmapped);
  const front = frontOf<W>(p);
  const block: W = p - front;
  const total: W = front + size;
  phase<W>(Mark.MunmapChunk, block, total);
  if (!decide<W>(Mark.MunmapSane, !isBadMapping<W>(p, block, total), block, total)) die<W>(Msg.MunmapInvalidPointer, memOf<W>(p), 0);
  setMp<i32>(PROFILE_MP_NMMAPS, mp<i32>(PROFILE_MP_NMMAPS) - 1);
  setMp<W>(PROFILE_MP_MMAPPED_MEM, mp<W>(PROFILE_MP_MMAPPED_MEM) - total);
  insist<W>(munmap(<u64>block, <u64>total) != FAILED, Msg.AssertMunmapWorked);
}

/** Grows or shrinks a mapping, perhaps elsewhere. Returns the chunk, 0 when the kernel refuses. malloc.c: mremap_chunk. */
export function mremapChunk<W>(p: W, nb: W): W {
  const front = frontOf<W>(p);
  const size: W = chunkSize<W>(p) + behind<W>();
  const huge: W = has(Feature.MappedLikeHeap) ? prevSize<W>(p) & <W>HUGE_BIT : 0;
  const block: W = p - front;
  const total: W = front + size;
  phase<W>(Mark.MremapChunk, block, total);
  const sane = has(Feature.MappingChecks) ? !isBadMapping<W>(p, block, total) : (total & (pageSize<W>() - 1)) == 0;
  if (!decide<W>(Mark.MremapSane, sane, block, total)) die<W>(has(Feature.MappingChecks) ? Msg.MremapInvalidPointer : Msg.AssertMremapSize);
  const more: W = has(Feature.MappedLikeHeap) ? headerBytes<W>() : sizeSz<W>();
  const wanted = alignUp<W>(nb + front + more, huge != 0 ? hugePage<W>() : pageSize<W>());
  if (decide<W>(Mark.MremapSame, total == wanted, total, wanted)) return p;
  const start = mremap(<u64>block, <u64>total, <u64>wanted);
  if (!decide<W>(Mark.MremapGot, start != FAILED, <W>start, wanted)) return 0;
  adviseHuge<W>(<W>start, wanted);
  const moved: W = <W>start + front;
  if (has(Feature.MappedLikeHeap)) {
    setMapping<W>(<W>start, wanted, front, huge);
    addMmapped<W>(wanted - (total - behind<W>()));
    return moved;
  }
  insist<W>(prevSize<W>(moved) == front, Msg.AssertMremapOffset);
  setHead<W>(moved, (wanted - front) | <W>IS_MMAPPED);
  addMmapped<W>(wanted - total);
  line<W>(Mark.MremapDone, moved, wanted);
  return moved;
}
