/** The one UI store, free of any framework. Actions live in src/app (they need the session); components reach them by useActions. */
import { createStore, type StoreApi } from "zustand/vanilla";
import { initialState, type UiState } from "./state";

export type UiStore = StoreApi<UiState>;

export function createUiStore(start: Partial<UiState> = {}): UiStore {
  return createStore<UiState>()(() => ({ ...initialState, ...start }));
}
