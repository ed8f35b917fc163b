export * from "./builtin";
export * from "./link";
export * from "./scenario";
export type { ShareProblem } from "./schema";
