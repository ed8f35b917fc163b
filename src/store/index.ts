export type { Actions, PageActions } from "./actions";
export { UiProvider, useActions, useUi, useUiStore } from "./react";
export * from "./state";
export { createUiStore, type UiStore } from "./store";
export { useText } from "./text";
