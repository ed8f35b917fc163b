/** The design tokens, read from the CSS variables once per theme and scale. Canvas needs resolved colours; SVG uses the variables. */
import type { ChunkRole, VmaRole } from "./roles";
import { chunkRoles, vmaRoles } from "./roles";

export interface Paint {
  readonly fill: string;
  readonly edge: string;
  readonly ink: string;
}

const surfaceTokens = [
  "bg",
  "panel",
  "sunken",
  "raised",
  "line",
  "line-2",
  "line-3",
  "ink",
  "ink-2",
  "ink-3",
  "ink-inv",
  "accent",
  "accent-soft",
  "accent-ink",
  "now",
  "now-fill",
  "now-ink",
  "on-now",
  "bad",
  "bad-fill",
  "bad-ink",
  "on-bad",
  "ok",
] as const;
type SurfaceToken = (typeof surfaceTokens)[number];

export interface Theme {
  readonly color: Readonly<Record<SurfaceToken, string>>;
  readonly chunk: Readonly<Record<ChunkRole, Paint>>;
  readonly vma: Readonly<Record<VmaRole, Paint>>;
  readonly mono: string;
  readonly sans: string;
  /** Presenter scale: every length and font size is multiplied by it. */
  readonly scale: number;
}

/** Resolves the tokens as they hold for `element`. */
export function readTheme(element: Element): Theme {
  const style = getComputedStyle(element);
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const paint = (name: string): Paint => ({
    fill: token(`${name}-fill`),
    edge: token(`${name}-edge`),
    ink: token(`${name}-ink`),
  });
  const table = <K extends string, V>(keys: readonly K[], value: (key: K) => V): Record<K, V> =>
    Object.fromEntries(keys.map((key) => [key, value(key)])) as Record<K, V>;
  return {
    color: table(surfaceTokens, token),
    chunk: table(chunkRoles, (role) => paint(`c-${role}`)),
    vma: table(vmaRoles, (role) => paint(`v-${role}`)),
    mono: token("mono") || "monospace",
    sans: token("sans") || "sans-serif",
    scale: Number(token("scale")) || 1,
  };
}

/** Calls back when something on the root element changes that can change the tokens. Returns the function that stops it. */
export function watchTheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, {
    attributes: true,
    attributeFilter: ["data-theme", "data-mode", "style", "class"],
  });
  const media = matchMedia("(prefers-color-scheme: dark)");
  media.addEventListener("change", changed);
  return () => {
    observer.disconnect();
    media.removeEventListener("change", changed);
  };
}
