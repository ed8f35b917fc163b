export * from "./builtin-list";
export * from "./scenario";
export type { ShareProblem } from "./schema";
