/** Go to a step, an address, a name; or run a command. */
import { useState } from "react";
import { rowOf } from "../../decode/chunk-table";
import { chunkStateNames } from "../../decode/types";
import { scenarioTexts } from "../../i18n";
import { panelTexts } from "../../i18n/panels";
import { useInstant, useSummary } from "../../queries";
import { builtinSlugs } from "../../scenario";
import { builtinScenario } from "../../scenario/builtin";
import { type Actions, themes, useActions, useText, useUi } from "../../store";
import { binTag } from "../../scene/bin-names";
import { listOf } from "../../scene/map-labels";
import { DialogBox } from "../../ui/dialog";
import { callText } from "../shared/call-text";
import type { DialogProps } from "./props";

interface Entry {
  readonly key: string;
  readonly text: string;
  readonly hint: string;
  readonly group: string;
  readonly run: () => void;
}

/** Chunks and steps shown of each kind: the palette is for going somewhere, not for reading lists. */
const FOUND_LIMIT = 6;

/** Chunks of this instant and calls of this run whose words contain the text. */
function useFound(wanted: string): readonly Entry[] {
  const text = useText();
  const actions = useActions();
  const locale = useUi((state) => state.locale);
  const instant = useInstant();
  const operations = useSummary()?.operations ?? [];
  if (wanted === "" || instant === null) return [];
  const { picture } = instant;
  const { chunks, names } = picture;
  const matches = (entry: Entry): boolean => entry.text.toLowerCase().includes(wanted);
  const chunkEntries = [...names].map(([addr, name]): Entry => {
    const row = rowOf(chunks, addr);
    const list = row < 0 ? null : listOf(picture, row);
    const state = panelTexts[locale].state[chunkStateNames[chunks.state[row] ?? 0] ?? "corrupt"];
    const where = list === null ? state : binTag(list, chunks.binPosition[row] ?? 0);
    return {
      key: `chunk-${addr}`,
      text: `${name}  0x${(chunks.size[row] ?? 0).toString(16)} · …${addr.toString(16).slice(-4)} · ${where}`,
      hint: "",
      group: text.dialogs.chunks,
      run: () => actions.follow(addr),
    };
  });
  const stepEntries = operations.map((operation): Entry => {
    const path = text.path[operation.path];
    return {
      key: `op-${operation.index}`,
      text: `op ${operation.index + 1}  ${callText(operation)}${path === "" ? "" : ` → ${path}`}`,
      hint: operation.line > 0 ? text.abort.line(operation.line) : "",
      group: text.dialogs.steps,
      run: () => actions.seekOperation(operation.index),
    };
  });
  return [...chunkEntries.filter(matches).slice(0, FOUND_LIMIT), ...stepEntries.filter(matches).slice(0, FOUND_LIMIT)];
}

function useEntries(): readonly Entry[] {
  const text = useText();
  const actions = useActions();
  const locale = useUi((state) => state.locale);
  const theme = useUi((state) => state.theme);
  const command = (key: string, words: string, hint: string, run: (actions: Actions) => void): Entry => ({
    key,
    text: words,
    hint,
    group: text.dialogs.commands,
    run: () => run(actions),
  });
  const otherTheme = themes[(themes.indexOf(theme) + 1) % themes.length] ?? "system";
  return [
    command("start", text.transport.start, "Home", (to) => to.toStart()),
    command("end", text.transport.end, "End", (to) => to.toEnd()),
    command("edit", text.code.edit, "E", (to) => to.setEditing(true)),
    command("run", text.code.run, "Ctrl ↵", (to) => void to.run()),
    command("call", text.transport.callBar, "Ctrl `", (to) => to.setCallBar(true)),
    command("share", text.header.share, "", (to) => to.openDialog("share")),
    command("machine", text.header.machine, "", (to) => to.openDialog("machine")),
    command("compare", text.header.compare, "V", (to) => to.openDialog("compare")),
    command("lesson", text.header.lesson, "", (to) => to.openDialog("fifteenYears")),
    command("gallery", text.header.gallery, "", (to) => to.openDialog("gallery")),
    command("since", text.dialogs.since, "D", (to) => to.openDialog("since")),
    command("present", text.header.present, "P", (to) => to.setPresenter(true)),
    command("theme", text.header.theme(otherTheme), "", (to) => to.setTheme(otherTheme)),
    command("language", text.header.otherLanguage, "", (to) => to.setLocale(locale === "en" ? "zh-CN" : "en")),
    command("help", text.header.help, "?", (to) => to.openDialog("help")),
    ...builtinSlugs.map((slug) => ({
      key: slug,
      text: scenarioTexts[locale][slug].title,
      hint: "",
      group: text.dialogs.scenarios,
      run: () => void actions.open(builtinScenario(slug)),
    })),
  ];
}

/** Looks like a step, an address or a name rather than words. */
const place = /^(?:@?\d+(?:\.\d+)?|0x[0-9a-f…]+|…[0-9a-f]+|[a-z_]\w*(?:\[\d+\])?(?:->\w+|\.\w+)*(?:\s*\+\s*(?:0x)?[0-9a-f]+)?)$/i;

export function PaletteDialog({ onClose }: DialogProps) {
  const text = useText().dialogs;
  const actions = useActions();
  const entries = useEntries();
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const [missed, setMissed] = useState(false);
  const wanted = query.trim().toLowerCase();
  const found = useFound(wanted);
  const go: readonly Entry[] = place.test(query.trim())
    ? [
        {
          key: "go",
          text: text.goTo(query.trim()),
          hint: "↵",
          group: "",
          run: () => {
            if (actions.goTo(query)) onClose();
            else setMissed(true);
          },
        },
      ]
    : [];
  const shown = [...go, ...found, ...entries.filter((entry) => entry.text.toLowerCase().includes(wanted))];
  const active = shown[Math.min(at, shown.length - 1)];
  const choose = (entry: Entry | undefined): void => {
    if (entry === undefined) return;
    if (entry.key !== "go") onClose();
    entry.run();
  };
  return (
    <DialogBox title={text.palette} onClose={onClose} narrow testId="palette" bodyClass="palette">
      <input
        className="input mono"
        // biome-ignore lint/a11y/noAutofocus: a palette is opened to type into it
        autoFocus
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={active === undefined ? undefined : `palette-${active.key}`}
        aria-label={text.palette}
        placeholder={text.palettePlaceholder}
        value={query}
        data-testid="palette-input"
        spellCheck={false}
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(0);
          setMissed(false);
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") setAt(Math.min(shown.length - 1, at + 1));
          else if (event.key === "ArrowUp") setAt(Math.max(0, at - 1));
          else if (event.key === "Enter") choose(active);
          else return;
          event.preventDefault();
        }}
      />
      {missed || shown.length === 0 ? (
        <p role="alert" className="empty">
          {text.paletteEmpty}
        </p>
      ) : null}
      <ul id="palette-list" role="listbox" aria-label={text.palette}>
        {shown.map((entry, index) => (
          // Options are reached with the arrow keys from the field; the click is for the mouse.
          <li
            key={entry.key}
            id={`palette-${entry.key}`}
            role="option"
            aria-selected={entry === active}
            className={entry === active ? "active" : ""}
            onClick={() => choose(entry)}
          >
            {entry.group !== "" && entry.group !== shown[index - 1]?.group ? (
              <span className="palette-group">{entry.group}</span>
            ) : null}
            <span className="palette-entry">
              {entry.text}
              <span className="grow" />
              {entry.hint === "" ? null : entry.group === text.steps ? (
                <span className="dim">{entry.hint}</span>
              ) : (
                <kbd>{entry.hint}</kbd>
              )}
            </span>
          </li>
        ))}
      </ul>
    </DialogBox>
  );
}
