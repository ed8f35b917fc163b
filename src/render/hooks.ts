/** React's side of the painters: the theme as it changes, and the size of an element in CSS pixels. */
import { type RefObject, useLayoutEffect, useRef, useState, useSyncExternalStore } from "react";
import { readTheme, type Theme, watchTheme } from "./theme";

let theme: Theme | null = null;
const listeners = new Set<() => void>();
let stop: (() => void) | null = null;

function announce(): void {
  theme = null;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  stop ??= watchTheme(announce);
  // Text painted before the face had loaded is in another face: paint again.
  void document.fonts.ready.then(announce);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    stop?.();
    stop = null;
    theme = null;
  };
}

function currentTheme(): Theme {
  theme ??= readTheme(document.documentElement);
  return theme;
}

/** The resolved tokens; a new object whenever they may have changed. */
export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, currentTheme);
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Content box of an element, 0 × 0 until it is laid out. */
export function useSize(ref: RefObject<Element | null>): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const measure = (): void => {
      const width = element.clientWidth;
      const height = element.clientHeight;
      setSize((old) => (old.width === width && old.height === height ? old : { width, height }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return size;
}

function watchRatio(listener: () => void): () => void {
  const media = matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
  media.addEventListener("change", listener);
  window.addEventListener("resize", listener);
  return () => {
    media.removeEventListener("change", listener);
    window.removeEventListener("resize", listener);
  };
}

/** Device pixel ratio, which changes when a window moves to another screen or is zoomed. */
export function usePixelRatio(): number {
  return useSyncExternalStore(watchRatio, () => window.devicePixelRatio || 1);
}

/** The value of an earlier render while it is the same: what is equal is not drawn again. */
export function useSame<T>(value: T, same: (one: T, other: T) => boolean): T {
  const [kept, setKept] = useState(value);
  if (kept === value || same(kept, value)) return kept;
  setKept(value);
  return value;
}

/** The latest value, for effects and listeners that must not run again when it changes. */
export function useLatest<T>(value: T): RefObject<T> {
  const latest = useRef(value);
  useLayoutEffect(() => {
    latest.current = value;
  });
  return latest;
}

/**
 * Does work in the next frame, once for all changes until then; gives the canceller. For what reads sizes or paints a canvas: the browser
 * must bring style and layout up to date first, and in the frame it does so once, after every panel has changed its elements.
 */
export function inNextFrame(work: () => void): () => void {
  const id = requestAnimationFrame(work);
  return () => cancelAnimationFrame(id);
}
