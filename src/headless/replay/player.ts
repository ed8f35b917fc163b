/** Plays script operations on a machine: slots that hold pointers, one call into the engine for each. */
import { control } from "../../abi/control";
import { FIRST_PID } from "../../abi/kernel";
import { machineMemory } from "../../abi/machine-memory";
import type { Machine, Outcome } from "../../machine/machine";
import { createThreads } from "../../machine/make-threads";
import { InputError } from "../usage";
import { type Operation, parseOperation } from "./script";

export interface PlayResult {
  /** Pointer, or sbrk's result. */
  readonly ret?: bigint;
  readonly n?: bigint;
  /** errno, or posix_memalign's own answer. */
  readonly err: number;
  readonly skipped: boolean;
}

export interface Player {
  /** Performs one operation; throws InputError for one that is none. */
  play(text: string): Outcome<PlayResult>;
  /** What a slot holds. */
  pointer(slot: number): bigint;
}

/** A call that takes more steps than this never ends: some releases walk a damaged list in circles. */
const ENDLESS = 20_000_000n;
const MASK_64 = (1n << 64n) - 1n;
const lo = (word: bigint): number => Number(BigInt.asIntN(32, word));
const hi = (word: bigint): number => Number(BigInt.asIntN(32, word >> 32n));

/** Operations that write through a slot: left out while it is NULL. */
const writers: ReadonlySet<string> = new Set(["w", "F", "W", "M", "N", "Y"]);

export function createPlayer(machine: Machine): Player {
  const { engine } = machine;
  const slots = new BigUint64Array(65536);
  const threads = createThreads(machine);
  /** Rows of the script's threads by their number in the script. */
  const rows = new Map<number, number>();
  /** Row of the thread that operations without a number are for: main, or the only one there is after a fork. */
  let main = 0;
  const block = new DataView(machine.memory.buffer, machineMemory.control, 0x1000);
  const wordBytes = machine.process.wordBytes;

  const slot = (operation: Operation, index: number): bigint => slots[Number(operation.words[index] ?? 0n)] ?? 0n;
  const word = (operation: Operation, index: number): bigint => operation.words[index] ?? 0n;
  const setSlot = (operation: Operation, index: number, value: bigint): void => {
    slots[Number(word(operation, index))] = value;
  };
  /** A 64-bit result: low half returned, high half in the control block. Addresses come back whole as numbers. */
  const pointer = (value: number): bigint => BigInt(value) & MASK_64;
  const load = (addr: bigint): bigint => {
    const low = engine.load(Number(addr), wordBytes) >>> 0;
    const high = wordBytes === 8 ? block.getUint32(control.resultHi, true) : 0;
    return (BigInt(high) << 32n) | BigInt(low);
  };
  const store = (addr: bigint, value: bigint): void => engine.store(Number(addr), wordBytes, lo(value), hi(value));
  const allocated = (operation: Operation, value: number): PlayResult => {
    const ret = pointer(value);
    setSlot(operation, 0, ret);
    return { ret, err: block.getUint32(control.errno, true), skipped: false };
  };
  const freed = (mem: bigint): PlayResult => {
    engine.free(Number(mem & 0xffff_ffffn), hi(mem));
    return { err: block.getUint32(control.errno, true), skipped: false };
  };
  const done: PlayResult = { err: 0, skipped: false };

  function perform(operation: Operation): PlayResult {
    const w = (index: number): bigint => word(operation, index);
    const target = (): bigint => (slot(operation, 0) + w(1)) & MASK_64;
    const source = (): bigint => (slot(operation, 2) + w(3)) & MASK_64;
    switch (operation.letter) {
      case "m":
        return allocated(operation, engine.malloc(lo(w(1)), hi(w(1))));
      case "c":
        return allocated(operation, engine.calloc(lo(w(1)), hi(w(1)), lo(w(2)), hi(w(2))));
      case "a":
        return allocated(operation, engine.memalign(lo(w(1)), hi(w(1)), lo(w(2)), hi(w(2))));
      case "A":
        return allocated(operation, engine.aligned_alloc(lo(w(1)), hi(w(1)), lo(w(2)), hi(w(2))));
      case "v":
        return allocated(operation, engine.valloc(lo(w(1)), hi(w(1))));
      case "P":
        return allocated(operation, engine.pvalloc(lo(w(1)), hi(w(1))));
      case "p":
        return posixMemalign(operation);
      case "r":
        return realloc(operation);
      case "f":
        return freed(slot(operation, 0));
      case "z":
        return freed(target());
      case "Z":
        return freed(w(0));
      case "w":
        operation.bytes.forEach((byte, index) => engine.store(Number(target()) + index, 1, byte, 0));
        return done;
      case "F":
        engine.fill(Number(target()), Number(w(2) & 0xffn), Number(w(3)));
        return done;
      case "N":
        store(target(), w(2));
        return done;
      case "W":
        store(target(), source());
        return done;
      case "M":
        store(target(), (target() >> 12n) ^ source());
        return done;
      case "Y":
        store(target(), load(source()));
        return done;
      case "G": {
        const ret = (slot(operation, 1) + w(2)) & MASK_64;
        setSlot(operation, 0, ret);
        return { ...done, ret };
      }
      case "u": {
        const mem = slot(operation, 0);
        return { ...done, n: BigInt(engine.malloc_usable_size(Number(mem & 0xffff_ffffn), hi(mem))) };
      }
      case "o":
        return { ...done, n: BigInt(engine.mallopt(lo(w(0)), lo(w(1)))) };
      case "t":
        return { ...done, n: BigInt(engine.malloc_trim(lo(w(0)), hi(w(0)))) };
      case "b": {
        const ret = pointer(engine.sbrk(lo(w(0)), hi(w(0))));
        return { ret, err: block.getUint32(control.errno, true), skipped: false };
      }
      case "d":
        return done;
      case "S":
        return started(Number(w(0)));
      case "X":
        return joined(rowOf(Number(w(0))));
      case "K":
      case "k":
        return forked(operation.letter === "K");
      default:
        throw new InputError(`unknown operation: ${operation.letter}`);
    }
  }

  function started(number: number): PlayResult {
    const row = threads.create();
    if (row < 0) return { err: -row, skipped: false };
    rows.set(number, row);
    return done;
  }

  function rowOf(number: number): number {
    const row = rows.get(number);
    if (row === undefined) throw new InputError(`no thread ${number}`);
    return row;
  }

  /** The thread returns, and main joins it. */
  function joined(row: number): PlayResult {
    threads.switchTo(row);
    threads.exit();
    threads.switchTo(main);
    threads.reap(row);
    return done;
  }

  /** The process forks; the child goes on with the script, or ends at once. */
  function forked(childGoesOn: boolean): PlayResult {
    const parent = block.getUint32(control.thread, true);
    const child = threads.fork(false);
    if (child < 0) return { err: -child, skipped: false };
    threads.settle();
    threads.switchTo(child);
    threads.settle();
    if (childGoesOn) {
      rows.clear();
      main = child;
      return done;
    }
    threads.exitProcess(0, parent);
    threads.switchTo(parent);
    machine.kernel.wait(FIRST_PID + child);
    return done;
  }

  /** An operation on its thread, which stays the running one when it dies. */
  function performThere(operation: Operation): PlayResult {
    if (operation.thread === null) return performAndLook(operation);
    threads.switchTo(rowOf(operation.thread));
    block.setUint32(control.errno, 0, true);
    const result = performAndLook(operation);
    if (block.getUint32(control.thread, true) !== main) threads.switchTo(main);
    return result;
  }

  /** The recorded program looks at errno after each call, which is fatal when a wild munmap took the thread's storage away. */
  function performAndLook(operation: Operation): PlayResult {
    const result = perform(operation);
    engine.load(Number(block.getBigUint64(control.errnoAddress, true)), 4);
    return result;
  }

  function posixMemalign(operation: Operation): PlayResult {
    const [align, size] = [word(operation, 1), word(operation, 2)];
    const err = engine.posix_memalign(lo(align), hi(align), lo(size), hi(size));
    const ret =
      err === 0 ? (BigInt(block.getUint32(control.resultHi, true)) << 32n) | BigInt(block.getUint32(control.result, true)) : 0n;
    setSlot(operation, 0, ret);
    return { ret, err, skipped: false };
  }

  function realloc(operation: Operation): PlayResult {
    const mem = slot(operation, 0);
    const size = word(operation, 2);
    const ret = pointer(engine.realloc(Number(mem & 0xffff_ffffn), hi(mem), lo(size), hi(size)));
    if (ret !== 0n || size === 0n) {
      setSlot(operation, 0, 0n);
      setSlot(operation, 1, ret);
    }
    return { ret, err: block.getUint32(control.errno, true), skipped: false };
  }

  return {
    pointer: (index) => slots[index] ?? 0n,
    play: (text) => {
      const operation = parseOperation(text);
      if (writers.has(operation.letter) && slot(operation, 0) === 0n) {
        return { kind: "ok", value: { err: 0, skipped: true } };
      }
      block.setUint32(control.errno, 0, true);
      block.setBigUint64(control.budget, block.getBigUint64(control.steps, true) + ENDLESS, true);
      return machine.call(() => performThere(operation));
    },
  };
}
