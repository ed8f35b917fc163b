import { useState } from "react";
import { describe, expect, it } from "vitest";
import { userEvent } from "vitest/browser";
import { render } from "vitest-browser-react";
import { ErrorBoundary, IconButton, Segmented, TabStrip, Tooltip } from "./index";

function Choice() {
  const [value, setValue] = useState<"a" | "b" | "c">("a");
  return (
    <Segmented
      label="Level"
      value={value}
      onChange={setValue}
      options={[
        { id: "a", text: "A" },
        { id: "b", text: "B" },
        { id: "c", text: "C" },
      ]}
    />
  );
}

function Strip() {
  const [value, setValue] = useState<"one" | "two">("one");
  return (
    <TabStrip
      id="strip"
      label="Tabs"
      value={value}
      onChange={setValue}
      tabs={[
        { id: "one", text: "One" },
        { id: "two", text: "Two" },
      ]}
    />
  );
}

function Fragile({ broken }: { readonly broken: boolean }) {
  if (broken) throw new Error("planted");
  return <p>whole</p>;
}

describe("a segmented control", () => {
  it("is a radio group with one tab stop that arrow keys move through, round and round", async () => {
    const screen = await render(<Choice />);
    await userEvent.tab();
    await expect.element(screen.getByRole("radio", { name: "A" })).toHaveFocus();
    await userEvent.keyboard("{ArrowRight}");
    await expect.element(screen.getByRole("radio", { name: "B" })).toBeChecked();
    await expect.element(screen.getByRole("radio", { name: "B" })).toHaveFocus();
    await userEvent.keyboard("{ArrowLeft}{ArrowLeft}");
    await expect.element(screen.getByRole("radio", { name: "C" })).toBeChecked();
  });

  it("gives the focus back after a click, so that arrow keys step again", async () => {
    const screen = await render(<Choice />);
    await screen.getByRole("radio", { name: "B" }).click();
    await expect.element(screen.getByRole("radio", { name: "B" })).toBeChecked();
    expect(document.activeElement).toBe(document.body);
  });
});

describe("a row of tabs", () => {
  it("is walked with the arrow keys; Home and End go to its ends", async () => {
    const screen = await render(<Strip />);
    await userEvent.tab();
    await userEvent.keyboard("{ArrowRight}");
    await expect.element(screen.getByRole("tab", { name: "Two" })).toHaveAttribute("aria-selected", "true");
    await userEvent.keyboard("{Home}");
    await expect.element(screen.getByRole("tab", { name: "One" })).toHaveFocus();
  });
});

describe("an icon button", () => {
  it("has its tooltip's words for a name, and shows them with the key", async () => {
    const screen = await render(
      <>
        <IconButton label="Step" keys="→" onPress={() => undefined}>
          <svg />
        </IconButton>
        <Tooltip />
      </>,
    );
    await screen.getByRole("button", { name: "Step" }).hover();
    await expect.element(screen.getByText("Step · →")).toBeVisible();
  });
});

describe("an error boundary", () => {
  it("says what broke and tries again when what stands in its place asks", async () => {
    const view = (broken: boolean) => (
      <ErrorBoundary
        renderFallback={(error, retry) => (
          <button type="button" onClick={retry}>
            {error.message}
          </button>
        )}
      >
        <Fragile broken={broken} />
      </ErrorBoundary>
    );
    const screen = await render(view(true));
    await expect.element(screen.getByRole("button", { name: "planted" })).toBeVisible();
    await screen.rerender(view(false));
    await expect.element(screen.getByRole("button", { name: "planted" })).toBeVisible();
    await screen.getByRole("button", { name: "planted" }).click();
    await expect.element(screen.getByText("whole")).toBeVisible();
    await screen.rerender(view(true));
    await expect.element(screen.getByRole("button", { name: "planted" })).toBeVisible();
  });
});
