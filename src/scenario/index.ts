export * from "./builtin";
export * from "./link";
export * from "./scenario";
export { defaultView, fromDocument, SCHEMA_VERSION, type Shared, type ShareProblem, toDocument } from "./schema";
