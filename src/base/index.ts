export * from "./assert";
export * from "./result";
export * from "./words";
