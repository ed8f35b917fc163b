/** What the bars' marks mean. */
import type { LayoutsText } from "../../i18n/layouts";

export function Legend({ text }: { readonly text: LayoutsText }) {
  const { heap, mapping, limit, base } = text.legend;
  return (
    <div className="layouts-legend">
      <p>{text.hint}</p>
      <p className="dim">{text.trueScale}</p>
      <ul>
        {(
          [
            ["heap", heap],
            ["mapping", mapping],
            ["limit", limit],
            ["base", base],
          ] as const
        ).map(([id, words]) => (
          <li key={id} data-mark={id}>
            {words}
          </li>
        ))}
      </ul>
      <p className="dim">{text.note}</p>
    </div>
  );
}
