/** malloc_par (mp_) and the few globals beside it. */
import {
  Feature, PROFILE_GLOBAL_MAX_FAST, PROFILE_MP, PROFILE_MP_HP_PAGESIZE, PROFILE_MP_MAX_MMAPPED_MEM, PROFILE_MP_MAX_NMMAPS, PROFILE_MP_MMAPPED_MEM,
  PROFILE_MP_NMMAPS, PROFILE_MP_THP_PAGESIZE, PROFILE_PERTURB_BYTE,
} from "../../generated/abi";
import { readPaged } from "../../memory/access";
import { alignMask, getState, has, known, minChunk, putState, sizeSz } from "./word";

/** Address of a field of mp_, given where the profile keeps its offset. */
@inline
export function mpField(offsetAt: usize): u64 {
  return load<u64>(PROFILE_MP) + <u64>known(offsetAt);
}

@inline
export function mp<T>(offsetAt: usize): T {
  return getState<T>(mpField(offsetAt));
}

@inline
export function setMp<T>(offsetAt: usize, value: T): void {
  putState<T>(mpField(offsetAt), value);
}

@inline
export function hugePage<W>(): W {
  return has(Feature.HugePages) ? mp<W>(PROFILE_MP_HP_PAGESIZE) : <W>0;
}

@inline
export function transparentHugePage<W>(): W {
  return has(Feature.HugePages) ? mp<W>(PROFILE_MP_THP_PAGESIZE) : <W>0;
}

/** One more mmapped chunk; the maximum is written only when it grows. */
export function countMmap(): void {
  const count = mp<i32>(PROFILE_MP_NMMAPS) + 1;
  setMp<i32>(PROFILE_MP_NMMAPS, count);
  if (count > mp<i32>(PROFILE_MP_MAX_NMMAPS)) setMp<i32>(PROFILE_MP_MAX_NMMAPS, count);
}

export function addMmapped<W>(bytes: W): void {
  const sum: W = mp<W>(PROFILE_MP_MMAPPED_MEM) + bytes;
  setMp<W>(PROFILE_MP_MMAPPED_MEM, sum);
  if (sum > mp<W>(PROFILE_MP_MAX_MMAPPED_MEM)) setMp<W>(PROFILE_MP_MAX_MMAPPED_MEM, sum);
}

@inline
export function maxFast<W>(): W {
  return readPaged<W>(load<u64>(PROFILE_GLOBAL_MAX_FAST));
}

/** set_max_fast: a limit of 0 is one below the smallest chunk, which turns fastbins off. It was one small bin's width once. */
export function setMaxFast<W>(request: W): void {
  const none: W = has(Feature.MaxFastRoundsUp) ? alignMask<W>() - sizeSz<W>() : 0;
  const least: W = has(Feature.MaxFastHalfChunk) ? minChunk<W>() / 2 : alignMask<W>() + 1;
  const limit: W = request <= none ? least : (request + sizeSz<W>()) & ~alignMask<W>();
  putState<W>(load<u64>(PROFILE_GLOBAL_MAX_FAST), limit);
}

/** MAX_FAST_SIZE. */
@inline
export function maxFastRequest<W>(): W {
  return (80 * sizeSz<W>()) / 4;
}

@inline
export function perturbByte(): i32 {
  return readPaged<i32>(load<u64>(PROFILE_PERTURB_BYTE));
}

export function setPerturbByte(value: i32): void {
  putState<i32>(load<u64>(PROFILE_PERTURB_BYTE), value);
}
