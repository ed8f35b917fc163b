/** The built-in scenarios: what there is to see in each, and a glance at its program. */
import { Button } from "react-aria-components";
import { scenarioTexts } from "../../i18n";
import { builtinScenario, builtinSlugs } from "../../scenario";
import { useActions, useText, useUi } from "../../store";
import { DialogBox } from "../../ui/dialog";
import type { DialogProps } from "./props";

/** The calls a program makes, in order of the text: its fingerprint. */
function callsOf(source: string): readonly string[] {
  const body = source.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
  return [...body.matchAll(/\b(malloc|calloc|realloc|free|memalign|malloc_trim|mallopt)\s*\(/g)].map((match) => match[1] ?? "");
}

function Glance({ source }: { readonly source: string }) {
  const calls = callsOf(source).slice(0, 40);
  return (
    <svg
      className="gallery-glance"
      viewBox={`0 0 ${Math.max(1, calls.length) * 9} 22`}
      preserveAspectRatio="xMinYMid meet"
      aria-hidden="true"
    >
      {calls.map((call, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the calls of a fixed text never move
        <rect
          key={index}
          x={index * 9}
          y={call === "free" ? 12 : 2}
          width={7}
          height={7}
          rx={2}
          fill={call === "free" ? "var(--c-tcache-fill)" : "var(--c-inuse-edge)"}
          stroke={call === "free" ? "var(--c-tcache-edge)" : "var(--c-inuse-edge)"}
        />
      ))}
    </svg>
  );
}

export function GalleryDialog({ onClose }: DialogProps) {
  const text = useText().dialogs;
  const locale = useUi((state) => state.locale);
  const current = useUi((state) => state.scenario.slug);
  const actions = useActions();
  return (
    <DialogBox title={text.gallery} onClose={onClose} testId="gallery">
      <ul className="gallery">
        {builtinSlugs.map((slug, index) => {
          const scenario = builtinScenario(slug);
          const { title, blurb } = scenarioTexts[locale][slug];
          return (
            <li key={slug}>
              <Button
                className={slug === current ? "gallery-card current" : "gallery-card"}
                onPress={() => void actions.open(scenario)}
                data-testid={`scenario-${slug}`}
              >
                <span className="gallery-number mono">{index + 1}</span>
                <b>{title}</b>
                <span className="dim">{blurb}</span>
                <Glance source={scenario.source} />
              </Button>
            </li>
          );
        })}
      </ul>
    </DialogBox>
  );
}
