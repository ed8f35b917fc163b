/**
 * Packed traces: a recorded or random sequence of calls, run without crossing the border to the host. Little-endian, 8 bytes an operation:
 *
 *   0        1      2          4              8
 *   ├────────┼──────┼──────────┼──────────────┤
 *   │ kind u8│  0   │ slot u16 │ size u32     │      kind: 1 malloc, 2 free, 3 calloc(1, size), 4 realloc
 *   └────────┴──────┴──────────┴──────────────┘
 *
 * A slot holds a pointer. Freeing empties it; allocating writes one byte through the new pointer, as a program would. The slots, 65 536
 * u64, follow the operations (rounded up to 8 bytes) and start at whatever the caller left there.
 */
import { Api } from "./generated/abi";
import { calloc, free, malloc } from "./allocators/glibc/malloc";
import { realloc } from "./allocators/glibc/realloc";
import { opBegin, opEnd } from "./marks";
import { write } from "./memory/access";

const OP_BYTES: usize = 8;
const MALLOC: u8 = 1;
const FREE: u8 = 2;
const CALLOC: u8 = 3;
const REALLOC: u8 = 4;

export function replay<W>(offset: usize, count: u32): u32 {
  const slots = offset + <usize>count * OP_BYTES;
  for (let i: u32 = 0; i < count; i++) {
    const op = offset + <usize>i * OP_BYTES;
    const kind = load<u8>(op);
    const slot = slots + (<usize>load<u16>(op, 2) << 3);
    const size = <W>load<u32>(op, 4);
    const mem = <W>load<u64>(slot);
    let result: W = 0;
    if (kind == MALLOC) {
      opBegin(Api.Malloc, <u64>size, 0, 0);
      result = malloc<W>(size);
      opEnd(Api.Malloc, <u64>result);
    } else if (kind == FREE) {
      opBegin(Api.Free, <u64>mem, 0, 0);
      free<W>(mem);
      opEnd(Api.Free, 0);
    } else if (kind == CALLOC) {
      opBegin(Api.Calloc, 1, <u64>size, 0);
      result = calloc<W>(1, size);
      opEnd(Api.Calloc, <u64>result);
    } else if (kind == REALLOC) {
      opBegin(Api.Realloc, <u64>mem, <u64>size, 0);
      result = realloc<W>(mem, size);
      opEnd(Api.Realloc, <u64>result);
    } else return i;
    if (result != 0) write<u8>(<u64>result, 1);
    store<u64>(slot, <u64>result);
  }
  return count;
}
