/** The releases from left to right: where behaviour changed, which are one profile, and which two are compared. */
import { changesBetween, neighbour, offeredReleases, standingOf } from "../../abi/releases";
import type { Release } from "../../abi/glibc-features";
import { compareTexts } from "../../i18n/compare";
import { historyTexts } from "../../i18n/history";
import { machineTexts } from "../../i18n/machine";
import { useUi } from "../../store";
import "./ruler.css";

interface RulerProps {
  readonly a: string;
  readonly b: string;
  /** Those that can be chosen. */
  readonly releases: readonly Release[];
  /** Null where the lesson chooses. */
  readonly onChoose: ((letter: "A" | "B", release: Release) => void) | null;
}

/** A short name of what the release brought: its major changes, else how many. */
function useNews(): (release: Release) => { readonly title: string; readonly count: number } {
  const locale = useUi((state) => state.locale);
  return (release) => {
    const before = neighbour(release, -1);
    const changes = before === null ? [] : changesBetween(before, release);
    const major = changes.filter((change) => change.major === true).map(({ id }) => historyTexts[locale][id].title);
    return { title: major.slice(0, 2).join(" · "), count: changes.length };
  };
}

export function Ruler({ a, b, releases, onChoose }: RulerProps) {
  const locale = useUi((state) => state.locale);
  const text = compareTexts[locale];
  const machine = machineTexts[locale];
  const newsOf = useNews();
  return (
    <ol className="compare-ruler" aria-label={text.ruler} data-testid="ruler">
      {offeredReleases.map(({ release, month }, index) => {
        const { title, count } = newsOf(release);
        const standing = standingOf(release, "amd64");
        const chosen = release === a ? "A" : release === b ? "B" : null;
        const mark = standing.kind === "identical" ? machine.sameAs(standing.to) : machine.releaseMarks[standing.kind];
        const dot = chosen ?? "";
        const about = [`glibc ${release}`, month, mark, count > 0 ? machine.brought(count) : ""].filter((part) => part !== "");
        return (
          <li
            key={release}
            data-chosen={chosen ?? undefined}
            data-lane={index % 3}
            data-changed={count > 0 || undefined}
            data-same={standing.kind === "identical" || undefined}
          >
            <span className="compare-news">{title}</span>
            <button
              type="button"
              aria-label={about.join(", ")}
              aria-pressed={chosen !== null}
              data-tip={about.join(" · ")}
              disabled={onChoose === null || !releases.includes(release)}
              onClick={(event) => onChoose?.(event.shiftKey ? "A" : "B", release)}
              data-testid={`release-${release}`}
            >
              <i>{dot}</i>
              <span className="mono">{release}</span>
            </button>
          </li>
        );
      })}
    </ol>
  );
}
