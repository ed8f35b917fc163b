import { controlOps } from "./control-ops";
import { floatOps } from "./float-ops";
import { int32Ops } from "./int32-ops";
import { int64Ops } from "./int64-ops";
import type { Maker } from "./machine";
import { memoryOps } from "./memory-ops";

export const operations = { ...controlOps, ...memoryOps, ...int32Ops, ...int64Ops, ...floatOps };
/** Name of an operation of the C machine. */
export type Op = keyof typeof operations;

export const makerOf = (op: Op): Maker => operations[op];
