/** Buttons of the page: one with words, one with an icon whose tooltip is also its accessible name. */
import type { ReactNode } from "react";

interface ActionProps {
  readonly onPress: () => void;
  readonly children: ReactNode;
  readonly kind?: "plain" | "primary" | "danger";
  readonly isDisabled?: boolean;
  readonly testId?: string;
  readonly className?: string;
  /** Name where the words are hidden for want of room. */
  readonly label?: string;
}

export function ActionButton({
  onPress,
  children,
  kind = "plain",
  isDisabled = false,
  testId,
  className = "",
  label,
}: ActionProps) {
  return (
    <button
      type="button"
      className={`btn ${kind} ${className}`}
      onClick={onPress}
      disabled={isDisabled}
      data-testid={testId}
      aria-label={label}
    >
      {children}
    </button>
  );
}

interface IconProps {
  readonly label: string;
  readonly onPress: () => void;
  readonly children: ReactNode;
  readonly keys?: string;
  readonly isDisabled?: boolean;
  readonly pressed?: boolean;
  readonly testId?: string;
  readonly className?: string;
}

export function IconButton({ label, onPress, children, keys, isDisabled = false, pressed, testId, className = "" }: IconProps) {
  return (
    <button
      type="button"
      className={`icon-btn ${className}`}
      aria-label={label}
      aria-pressed={pressed}
      onClick={onPress}
      disabled={isDisabled}
      data-tip={keys === undefined ? label : `${label} · ${keys}`}
      data-testid={testId}
    >
      {children}
    </button>
  );
}
