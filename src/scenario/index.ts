export * from "./builtin-list";
export * from "./link";
export * from "./scenario";
export type { ShareProblem } from "./schema";
