/** The built-in scenarios: what there is to see in each, and its heap at the call after which there is most to see. */
import { Button } from "react-aria-components";
import { scenarioTexts } from "../../i18n";
import { builtinScenario, builtinSlugs } from "../../scenario";
import { useActions, useText, useUi } from "../../store";
import { DialogBox } from "../../ui/dialog";
import type { DialogProps } from "./props";
import { Thumbnail } from "./thumbnail";

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
                onPress={async () => {
                  await actions.open(scenario);
                  if (slug === "fifteen-years") actions.openDialog("fifteenYears");
                }}
                data-testid={`scenario-${slug}`}
              >
                <span className="gallery-number mono">{index + 1}</span>
                <b>{title}</b>
                <span className="dim">{blurb}</span>
                <Thumbnail scenario={scenario} />
              </Button>
            </li>
          );
        })}
      </ul>
    </DialogBox>
  );
}
