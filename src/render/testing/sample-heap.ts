/**
 * A small real heap for tests of what is drawn: Debian's glibc 2.36 without ASLR ran a teaching program with lists of every kind, and was
 * advanced by hand to the middle of free(c), where rem.bk already skips b but the unsorted bin's fd does not yet. Words that are zero, and
 * empty rings of the arena, are left out.
 */
import { findMallocAbi } from "../../abi/glibc-structs";
import { assert } from "../../base";
import { heapContext, type Context } from "../../decode/context";
import { decodeHeap } from "../../decode/heap";
import { recordedView } from "../../decode/memory";
import type { HeapFacts, HeapSite } from "../../decode/types";
import { wordReader } from "../../decode/words";
import type { HeapPicture } from "../../scene/types";

const HEAP = 0x555555559000;
const ARENA = 0x7ffff7fa6c60;
const HEAP_BYTES = 0x2_1000;

/** offset:value pairs, hex. */
const heapWords = `
  8:291 10:10007 18:7000000000000 90:555555559a10 98:555555559f80 c8:55555555a310 298:91 2a0:68202c6f6c6c6568 2a8:706165
  328:91 330:5555555595b0 338:7ffff7fa6cc0 3b0:90 3b8:90 448:21 468:91 470:7ffff7fa6d40 478:7ffff7fa6d40 4f0:90 4f8:20
  518:a1 520:7ffff7fa70b0 528:7ffff7fa70b0 530:555555559510 538:555555559510 5b8:391 5c0:7ffff7fa6cc0 5c8:7ffff7fa6cc0
  940:390 948:20 950:555555559 958:284a45c8ae4a031c 968:21 970:55500000cc09 978:284a45c8ae4a031c 988:21 990:55500000cc29
  998:284a45c8ae4a031c 9a8:21 9b0:55500000ccc9 9b8:284a45c8ae4a031c 9c8:21 9d0:55500000cce9 9d8:284a45c8ae4a031c 9e8:21
  9f0:55500000cc89 9f8:284a45c8ae4a031c a08:21 a10:55500000cca9 a18:284a45c8ae4a031c a28:21 a30:555555559 a48:21
  a50:55500000cf79 a68:511 a70:7ffff7fa70f0 a78:55555555a390 a80:55555555a390 a88:55555555a390 f70:510 f78:30
  f80:555555559 f88:284a45c8ae4a031c fa8:91 fb0:555555559 fb8:284a45c8ae4a031c 1038:91 1040:55500000caea
  1048:284a45c8ae4a031c 10c8:91 10d0:55500000f51a 10d8:284a45c8ae4a031c 1158:91 1160:55500000f58a 1168:284a45c8ae4a031c
  11e8:91 11f0:55500000f43a 11f8:284a45c8ae4a031c 1278:91 1280:55500000f4aa 1288:284a45c8ae4a031c 1308:91
  1310:55500000f7da 1318:284a45c8ae4a031c 1398:521 13a0:555555559a60 13a8:7ffff7fa70f0 13b0:555555559a60
  13b8:555555559a60 18b0:520 18b8:30 18e8:611 1ef8:1f111`;

const arenaWords = `
  8:1 10:555555559a40 60:55555555aef0 68:5555555595b0 70:555555559320 78:5555555595b0 f0:555555559460 f8:555555559460
  4a0:55555555a390 4a8:555555559a60 860:200 868:11 870:7ffff7fa6c60 880:1 888:21000 890:21000`;

/** offset:name pairs. */
const chunkNames = `
  290:a 320:b 3b0:c 440:g 460:x 4f0:y 510:h 940:f[0] 960:f[1] 980:f[2] 9a0:f[3] 9c0:f[4] 9e0:f[5] a00:f[6] a20:f[7]
  a40:f[8] a60:L f70:m fa0:t[0] 1030:t[1] 10c0:t[2] 1150:t[3] 11e0:t[4] 1270:t[5] 1300:t[6] 1390:K 18b0:n 18e0:s`;

const pairs = (text: string): (readonly [string, string])[] =>
  text
    .trim()
    .split(/\s+/)
    .map((pair) => pair.split(":") as [string, string]);

function bytesOf(text: string, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  for (const [offset, value] of pairs(text)) view.setBigUint64(Number.parseInt(offset, 16), BigInt(`0x${value}`), true);
  return bytes;
}

/** Bins point to their own header while they are empty. */
function arenaBytes(): Uint8Array {
  const bytes = new Uint8Array(2200);
  const view = new DataView(bytes.buffer);
  for (let offset = 112; offset < 2144; offset += 16) {
    view.setBigUint64(offset, BigInt(ARENA + offset - 16), true);
    view.setBigUint64(offset + 8, BigInt(ARENA + offset - 16), true);
  }
  for (const [offset, value] of pairs(arenaWords)) view.setBigUint64(Number.parseInt(offset, 16), BigInt(`0x${value}`), true);
  return bytes;
}

export interface SampleHeap {
  readonly facts: HeapFacts;
  readonly picture: HeapPicture;
  readonly context: Context;
}

/** `change` may corrupt the heap's bytes before they are decoded. */
export function sampleHeap(change: (heap: DataView) => void = () => undefined): SampleHeap {
  const heap = bytesOf(heapWords, HEAP_BYTES);
  change(new DataView(heap.buffer));
  const memory = recordedView([
    { addr: HEAP, bytes: heap },
    { addr: ARENA, bytes: arenaBytes() },
    { addr: ARENA - 0x920, bytes: parBytes() },
  ]);
  const abi = findMallocAbi("2.36", "amd64");
  assert(abi !== undefined, "glibc 2.36 is known");
  const site: HeapSite = {
    wordBytes: 8,
    heapStart: HEAP,
    brk: HEAP + HEAP_BYTES,
    mainArena: ARENA,
    mp: ARENA - 0x920,
    tcache: HEAP + 0x10,
    tcacheKey: 0x284a45c8ae4a031cn,
  };
  const facts = decodeHeap(memory, abi, site);
  const names = new Map(pairs(chunkNames).map(([offset, name]) => [HEAP + Number.parseInt(offset, 16), name]));
  const [b, c, remBk] = [HEAP + 0x320, HEAP + 0x3b0, HEAP + 0x5c8];
  return {
    facts,
    context: heapContext(memory, abi, site),
    picture: {
      chunks: facts.chunks,
      bins: facts.bins,
      lists: facts.lists,
      arenas: facts.arenas,
      abi,
      reader: wordReader(memory, 8),
      mainArena: ARENA,
      names,
      changed: [{ addr: remBk, sizeBytes: 8, order: 1, record: 10, before: BigInt(b), after: BigInt(ARENA + 96) }],
      nextWrite: ARENA + 112,
      focus: [b, c],
    },
  };
}

/** malloc_par with tcache_count 7 and the heap's first byte. */
function parBytes(): Uint8Array {
  const bytes = new Uint8Array(136);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(96, BigInt(HEAP), true);
  view.setBigUint64(104, 64n, true);
  view.setBigUint64(112, 1032n, true);
  view.setBigUint64(120, 7n, true);
  return bytes;
}

export const sampleAddresses = {
  heap: HEAP,
  a: HEAP + 0x290,
  b: HEAP + 0x320,
  c: HEAP + 0x3b0,
  rem: HEAP + 0x5b0,
  top: HEAP + 0x1ef0,
} as const;
