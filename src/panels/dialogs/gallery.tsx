/** The built-in scenarios: what there is to see in each, and its heap at the call after which there is most to see. */
import { Button } from "react-aria-components";
import { scenarioGroupTexts, scenarioTexts } from "../../i18n";
import { builtinScenario } from "../../scenario/builtin";
import { type BuiltinSlug, type ScenarioGroup, scenarioGroups } from "../../scenario";
import { useActions, useText, useUi } from "../../store";
import { DialogBox } from "../../ui/dialog";
import type { DialogProps } from "./props";
import { Thumbnail } from "./thumbnail";

/** Groups in the order of teaching; names of properties keep theirs. */
const groups = Object.keys(scenarioGroups) as readonly ScenarioGroup[];

export function GalleryDialog({ onClose }: DialogProps) {
  const text = useText().dialogs;
  const locale = useUi((state) => state.locale);
  return (
    <DialogBox title={text.gallery} onClose={onClose} testId="gallery">
      {groups.map((group) => (
        <section key={group} className="gallery-group">
          <h3>{scenarioGroupTexts[locale][group]}</h3>
          <ul className="gallery">
            {scenarioGroups[group].map((slug) => (
              <li key={slug}>
                <Card slug={slug} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </DialogBox>
  );
}

function Card({ slug }: { readonly slug: BuiltinSlug }) {
  const locale = useUi((state) => state.locale);
  const current = useUi((state) => state.scenario.slug);
  const actions = useActions();
  const scenario = builtinScenario(slug);
  const { title, blurb } = scenarioTexts[locale][slug];
  return (
    <Button
      className={slug === current ? "gallery-card current" : "gallery-card"}
      onPress={async () => {
        await actions.open(scenario);
        if (slug === "fifteen-years") actions.openDialog("fifteenYears");
      }}
      data-testid={`scenario-${slug}`}
    >
      <b>{title}</b>
      <span className="dim">{blurb}</span>
      <Thumbnail scenario={scenario} />
    </Button>
  );
}
