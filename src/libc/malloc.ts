/** The malloc family and its relatives: passed on to the allocator; errno is copied to where the program looks for it. */
import type { LibcCall } from "../clang/libc-call";
import { ascii, storeWord } from "./memory";
import { putTo } from "./stdio";

/** errno is the first word of libc's data. */
export const errnoAddress = (call: LibcCall): number => call.layout.libcData;

export function setErrno(call: LibcCall, errno: number): void {
  call.target.store(errnoAddress(call), 4, errno, 0);
}

/** Runs an allocator or kernel call and hands its errno to the program. */
function withErrno<T>(call: LibcCall, run: () => T): T {
  call.target.clearErrno();
  const result = run();
  const errno = call.target.errno();
  if (errno !== 0) setErrno(call, errno);
  return result;
}

export const malloc = (call: LibcCall, size: number): number =>
  withErrno(call, () => call.target.malloc((size % 4294967296) | 0, Math.floor(size / 4294967296) | 0));

/** Argument n as the engine takes 64-bit words. */
const halves = (call: LibcCall, n: number): readonly [number, number] => [call.lo(n), call.wordBytes === 4 ? 0 : call.hi(n)];

const pointer = (allocate: (call: LibcCall) => number) => (call: LibcCall) =>
  call.returnWord(withErrno(call, () => allocate(call)));
const number = (ask: (call: LibcCall) => number) => (call: LibcCall) => call.returnInt(withErrno(call, () => ask(call)));

/** The engine takes a pointer as low half (or whole number below 2^53) and high half; a whole number carries both. */
const block = (call: LibcCall, n: number): readonly [number, number] => {
  const hi = call.hi(n);
  return hi >>> 0 < 0x20_0000 ? [call.word(n), 0] : [call.lo(n) >>> 0, hi];
};

export const mallocFunctions = {
  malloc: pointer((call) => call.target.malloc(...halves(call, 0))),
  free: (call: LibcCall) => call.target.free(...block(call, 0)),
  calloc: pointer((call) => call.target.calloc(...halves(call, 0), ...halves(call, 1))),
  realloc: pointer((call) => call.target.realloc(...block(call, 0), ...halves(call, 1))),
  reallocarray: (call: LibcCall) => {
    const bits = call.wordBytes * 8;
    const bytes = BigInt.asUintN(bits, call.long(1)) * BigInt.asUintN(bits, call.long(2));
    if (bytes >> BigInt(bits) !== 0n) {
      setErrno(call, 12);
      return call.returnWord(0);
    }
    const half = (shift: bigint) => Number(BigInt.asIntN(32, bytes >> shift));
    call.returnWord(withErrno(call, () => call.target.realloc(...block(call, 0), half(0n), half(32n))));
  },
  memalign: pointer((call) => call.target.memalign(...halves(call, 0), ...halves(call, 1))),
  aligned_alloc: pointer((call) => call.target.aligned_alloc(...halves(call, 0), ...halves(call, 1))),
  posix_memalign: (call: LibcCall) => {
    const error = call.target.posix_memalign(...halves(call, 1), ...halves(call, 2));
    if (error === 0) storeWord(call, call.word(0), call.target.posixMemalignResult());
    call.returnInt(error);
  },
  valloc: pointer((call) => call.target.valloc(...halves(call, 0))),
  pvalloc: pointer((call) => call.target.pvalloc(...halves(call, 0))),
  malloc_usable_size: (call: LibcCall) => call.returnWord(call.target.malloc_usable_size(...block(call, 0))),
  mallopt: number((call) => call.target.mallopt(call.lo(0), call.lo(1))),
  malloc_trim: number((call) => call.target.malloc_trim(...halves(call, 0))),
  sbrk: pointer((call) => call.target.sbrk(call.lo(0), call.hi(0))),
  brk: (call: LibcCall) => {
    const distance = call.word(0) - call.target.sbrk(0, 0);
    const old = withErrno(call, () => call.target.sbrk((distance % 4294967296) | 0, Math.floor(distance / 4294967296) | 0));
    call.returnInt(old === -1 ? -1 : 0);
  },
  mallinfo2: (call: LibcCall) => {
    call.target.mallinfo2().forEach((value, i) => storeWord(call, call.word(0) + i * call.wordBytes, value));
    call.returnHalves(call.lo(0), call.hi(0));
  },
  mallinfo: (call: LibcCall) => {
    call.target.mallinfo2().forEach((value, i) => call.target.store(call.word(0) + i * 4, 4, value | 0, 0));
    call.returnHalves(call.lo(0), call.hi(0));
  },
  malloc_stats: (call: LibcCall) => call.target.write(2, ascii(call.target.mallocStatsText())),
  malloc_info: (call: LibcCall) => {
    if (call.lo(0) !== 0) return call.returnInt(22);
    putTo(call, call.word(1), ascii(call.target.mallocInfoText()));
    call.returnInt(0);
  },
};
