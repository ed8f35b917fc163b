export * from "./assert";
export * from "./result";
