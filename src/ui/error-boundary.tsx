/** Keeps one broken part from taking the page with it: says so, in the reader's language; what stands in its place may try again. */
import { Component, type ReactNode } from "react";

interface Props {
  readonly renderFallback: (error: Error, retry: () => void) => ReactNode;
  readonly children: ReactNode;
}

interface State {
  readonly error: Error | null;
}

export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    return error === null ? this.props.children : this.props.renderFallback(error, () => this.setState({ error: null }));
  }
}
