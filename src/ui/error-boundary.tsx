/** Keeps one broken part from taking the page with it: says so, in the reader's language, and tries again on request or at the next step. */
import { Component, type ReactNode } from "react";

interface Props {
  /** When it changes, the children get another chance. */
  readonly resetKey: string;
  readonly renderFallback: (error: Error, retry: () => void) => ReactNode;
  readonly children: ReactNode;
}

interface State {
  readonly error: Error | null;
  readonly failedAt: string;
}

export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null, failedAt: "" };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  static getDerivedStateFromProps(props: Props, state: State): Partial<State> | null {
    if (state.error === null) return { failedAt: props.resetKey };
    return props.resetKey === state.failedAt ? null : { error: null, failedAt: props.resetKey };
  }

  override render(): ReactNode {
    const { error } = this.state;
    return error === null ? this.props.children : this.props.renderFallback(error, () => this.setState({ error: null }));
  }
}
