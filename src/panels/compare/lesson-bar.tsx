/** Walking through the lesson: next and previous, by button and by key. */
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import { compareTexts } from "../../i18n/compare";
import { useUi } from "../../store";
import { IconButton } from "../../ui";

const by: Readonly<Record<string, 1 | -1>> = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 };

function takesArrows(target: EventTarget | null): boolean {
  return target instanceof HTMLSelectElement || target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}

/** Which step of `count`; with `keys`, arrow and page keys walk. */
export function useWalk(count: number, keys: boolean): { readonly at: number; readonly go: (by: 1 | -1) => void } {
  const [at, setAt] = useState(0);
  const go = useCallback((step: 1 | -1) => setAt((old) => Math.max(0, Math.min(count - 1, old + step))), [count]);
  useEffect(() => {
    if (!keys) return;
    const listen = (event: globalThis.KeyboardEvent): void => {
      const step = by[event.key];
      if (step === undefined || event.defaultPrevented || event.altKey || event.ctrlKey || takesArrows(event.target)) return;
      event.preventDefault();
      go(step);
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, [keys, go]);
  return { at, go };
}

interface LessonBarProps {
  readonly at: number;
  readonly count: number;
  readonly go: (by: 1 | -1) => void;
  readonly a: string;
  readonly b: string;
}

export function LessonBar({ at, count, go, a, b }: LessonBarProps) {
  const text = compareTexts[useUi((state) => state.locale)];
  return (
    <div className="compare-choices">
      <IconButton label={text.previous} keys="←" onPress={() => go(-1)} isDisabled={at === 0} testId="previous-hop">
        <ChevronLeft size={18} />
      </IconButton>
      <b className="mono" data-testid="hop">
        {a} → {b}
      </b>
      <IconButton label={text.next} keys="→" onPress={() => go(1)} isDisabled={at === count - 1} testId="next-hop">
        <ChevronRight size={18} />
      </IconButton>
      <span className="dim" role="status">
        {text.step(at + 1, count)}
      </span>
      <span className="dim compare-hint">{text.lessonIntro}</span>
    </div>
  );
}
