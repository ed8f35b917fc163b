/** One tooltip for the page: shows the `data-tip` of whatever is pointed at for a while, or focused by keyboard. */
import { useEffect, useState } from "react";

const DELAY_MS = 500;
const GAP_PX = 6;
/** Closer to the window's edge than this it is moved inwards. */
const EDGE_PX = 120;

interface Tip {
  readonly text: string;
  readonly viewX: number;
  readonly viewY: number;
  readonly above: boolean;
}

function tipOf(target: EventTarget | null): Tip | null {
  const owner = target instanceof Element ? target.closest<HTMLElement>("[data-tip]") : null;
  const text = owner?.dataset["tip"] ?? "";
  if (owner === null || text === "") return null;
  const box = owner.getBoundingClientRect();
  const above = box.top > window.innerHeight / 2;
  const viewX = Math.min(Math.max(box.left + box.width / 2, EDGE_PX), window.innerWidth - EDGE_PX);
  return { text, viewX, viewY: above ? box.top - GAP_PX : box.bottom + GAP_PX, above };
}

export function Tooltip() {
  const [tip, setTip] = useState<Tip | null>(null);
  useEffect(() => {
    const control = new AbortController();
    const { signal } = control;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const hide = (): void => {
      clearTimeout(timer);
      setTip(null);
    };
    const later = (event: Event): void => {
      hide();
      if (tipOf(event.target) !== null) timer = setTimeout(() => setTip(tipOf(event.target)), DELAY_MS);
    };
    document.addEventListener("pointerover", later, { signal });
    document.addEventListener(
      "focusin",
      (event) => {
        if (event.target instanceof Element && event.target.matches(":focus-visible")) later(event);
      },
      { signal },
    );
    for (const type of ["pointerdown", "keydown", "focusout", "wheel", "pointerleave"])
      document.addEventListener(type, hide, { signal, passive: true });
    return () => {
      hide();
      control.abort();
    };
  }, []);
  return tip === null ? null : (
    <div
      className="tooltip"
      aria-hidden="true"
      style={{ left: tip.viewX, top: tip.viewY, transform: `translate(-50%, ${tip.above ? "-100%" : "0"})` }}
    >
      {tip.text}
    </div>
  );
}
