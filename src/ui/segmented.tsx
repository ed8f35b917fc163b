import { ToggleButton, ToggleButtonGroup } from "react-aria-components";

interface SegmentedProps<T extends string> {
  readonly label: string;
  readonly options: readonly { readonly id: T; readonly text: string }[];
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly testId?: string;
}

/** One of a few, all visible. */
export function Segmented<T extends string>({ label, options, value, onChange, testId }: SegmentedProps<T>) {
  return (
    <ToggleButtonGroup
      className="seg"
      aria-label={label}
      data-testid={testId}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[value]}
      onSelectionChange={(keys) => {
        const chosen = options.find((option) => keys.has(option.id));
        if (chosen !== undefined) onChange(chosen.id);
      }}
    >
      {options.map((option) => (
        <ToggleButton
          key={option.id}
          id={option.id}
          onPress={(event) => {
            // After a click the arrow keys are the page's again: they step through time.
            if (event.pointerType !== "keyboard" && event.target instanceof HTMLElement) event.target.blur();
          }}
        >
          {option.text}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
