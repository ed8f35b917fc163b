/** Buttons of the page: one with words, one with an icon and a tooltip that is also its accessible name. */
import type { ReactNode } from "react";
import { Button, Tooltip, TooltipTrigger } from "react-aria-components";

interface ActionProps {
  readonly onPress: () => void;
  readonly children: ReactNode;
  readonly kind?: "plain" | "primary" | "danger";
  readonly isDisabled?: boolean;
  readonly testId?: string;
  readonly className?: string;
}

export function ActionButton({ onPress, children, kind = "plain", isDisabled = false, testId, className = "" }: ActionProps) {
  return (
    <Button className={`btn ${kind} ${className}`} onPress={onPress} isDisabled={isDisabled} data-testid={testId}>
      {children}
    </Button>
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
    <TooltipTrigger delay={500}>
      <Button
        className={`icon-btn ${className}`}
        aria-label={label}
        aria-pressed={pressed}
        onPress={onPress}
        isDisabled={isDisabled}
        data-testid={testId}
      >
        {children}
      </Button>
      <Tooltip className="tooltip" offset={6}>
        {label}
        {keys === undefined ? null : <span className="mono"> · {keys}</span>}
      </Tooltip>
    </TooltipTrigger>
  );
}
