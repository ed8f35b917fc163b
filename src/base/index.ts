export * from "./assert";
export * from "./result";
export * from "./same-shape";
export * from "./words";
