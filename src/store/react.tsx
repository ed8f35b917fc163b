/** The thin React binding of store and actions. */
import { createContext, type ReactNode, useContext } from "react";
import { useStore } from "zustand";
import { assert } from "../base";
import type { PageActions } from "./actions";
import type { UiState } from "./state";
import type { UiStore } from "./store";

interface Binding {
  readonly store: UiStore;
  readonly actions: PageActions;
}

const BindingContext = createContext<Binding | null>(null);

export function UiProvider({ store, actions, children }: Binding & { readonly children: ReactNode }) {
  return <BindingContext value={{ store, actions }}>{children}</BindingContext>;
}

function useBinding(): Binding {
  const binding = useContext(BindingContext);
  assert(binding !== null, "UiProvider is above every component");
  return binding;
}

/** Selects from the UI state; renders again when the selected value changes. */
export function useUi<T>(select: (state: UiState) => T): T {
  return useStore(useBinding().store, select);
}

export function useUiStore(): UiStore {
  return useBinding().store;
}

export function useActions(): PageActions {
  return useBinding().actions;
}
