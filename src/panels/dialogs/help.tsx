/** Keys, how to read the pictures, colours, terms. */
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { glossary, type KeyText } from "../../i18n";
import { panelTexts } from "../../i18n/panels";
import { useText, useUi } from "../../store";
import { DialogBox } from "../../ui/dialog";
import type { DialogProps } from "./props";

interface KeyRow {
  readonly keys: readonly string[];
  readonly text: KeyText;
}
type KeyGroup = "time" | "chunk" | "view" | "edit" | "everywhere";

export const keyGroups: Readonly<Record<KeyGroup, readonly KeyRow[]>> = {
  time: [
    { keys: ["←", "→"], text: "step" },
    { keys: ["Shift", "←", "→"], text: "operation" },
    { keys: ["Alt", "↑", "↓"], text: "level" },
    { keys: ["Home", "End"], text: "ends" },
    { keys: ["Space"], text: "play" },
    { keys: ["<", ">"], text: "speed" },
    { keys: ["B"], text: "breakpoint" },
    { keys: ["M"], text: "bookmark" },
    { keys: ["D"], text: "since" },
    { keys: ["J"], text: "culprit" },
  ],
  chunk: [
    { keys: ["[", "]"], text: "events" },
    { keys: ["⌫"], text: "back" },
    { keys: ["Alt", "click"], text: "pin" },
    { keys: ["F"], text: "freeIt" },
  ],
  view: [
    { keys: ["1", "…", "6"], text: "panels" },
    { keys: ["V"], text: "versions" },
    { keys: ["O"], text: "process" },
    { keys: ["P"], text: "present" },
    { keys: ["."], text: "blank" },
    { keys: ["Ctrl", "wheel"], text: "zoom" },
  ],
  edit: [
    { keys: ["E"], text: "edit" },
    { keys: ["Ctrl", "↵"], text: "run" },
    { keys: ["Ctrl", "`"], text: "callBar" },
  ],
  everywhere: [
    { keys: ["Ctrl", "K"], text: "palette" },
    { keys: ["G"], text: "goto" },
    { keys: ["?"], text: "help" },
    { keys: ["Esc"], text: "close" },
  ],
};

const roles = ["inuse", "tcache", "fast", "unsorted", "small", "large", "top", "mmapped", "meta", "corrupt"] as const;
const tokenOf: Readonly<Record<string, string>> = { mmapped: "mmap", corrupt: "bad" };

function Keys() {
  const text = useText();
  return (
    <div className="help-keys">
      {(Object.keys(keyGroups) as KeyGroup[]).map((group) => (
        <section key={group}>
          <h3>{text.dialogs[group]}</h3>
          <dl>
            {keyGroups[group].map((row) => (
              <div key={row.text}>
                <dt>
                  {row.keys.map((key) => (
                    <kbd key={key}>{key}</kbd>
                  ))}
                </dt>
                <dd>{text.keys[row.text]}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}

export function HelpDialog({ onClose }: DialogProps) {
  const text = useText();
  const locale = useUi((state) => state.locale);
  const states = panelTexts[locale].state;
  return (
    <DialogBox title={text.dialogs.help} onClose={onClose} testId="help-dialog" bodyClass="dialog-body help-body">
      <Tabs>
        <TabList className="tabs help-tabs" aria-label={text.dialogs.help}>
          <Tab id="keys">{text.dialogs.keys}</Tab>
          <Tab id="reading">{text.dialogs.reading}</Tab>
          <Tab id="colours">{text.dialogs.colours}</Tab>
          <Tab id="terms">{text.dialogs.terms}</Tab>
        </TabList>
        <TabPanel id="keys">
          <Keys />
        </TabPanel>
        <TabPanel id="reading">
          <dl className="help-list">
            {text.reading.map((entry) => (
              <div key={entry.what}>
                <dt>{entry.what}</dt>
                <dd>{entry.means}</dd>
              </div>
            ))}
          </dl>
        </TabPanel>
        <TabPanel id="colours">
          <ul className="help-colours">
            {roles.map((role) => {
              const token = tokenOf[role] ?? role;
              return (
                <li
                  key={role}
                  style={{
                    background: `var(--c-${token}-fill)`,
                    color: `var(--c-${token}-ink)`,
                    borderColor: `var(--c-${token}-edge)`,
                  }}
                >
                  {states[role]}
                </li>
              );
            })}
          </ul>
        </TabPanel>
        <TabPanel id="terms">
          <table className="help-terms">
            <tbody>
              {glossary.map((entry) => (
                <tr key={entry.en}>
                  <td lang="en">{entry.en}</td>
                  <td lang="zh-CN">{entry.zh}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </TabPanel>
      </Tabs>
    </DialogBox>
  );
}
