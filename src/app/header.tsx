import { ChevronDown, Columns2, HelpCircle, MonitorPlay, Moon, Search, Share2, Sun, SunMoon, Contrast } from "lucide-react";
import { useMemo } from "react";
import { scenarioTexts } from "../i18n";
import { isBuiltinSlug } from "../scenario";
import { type ThemeChoice, themes, useActions, useText, useUi, versionsDialog } from "../store";
import { ActionButton, IconButton, Logo } from "../ui";

const themeIcons = { system: SunMoon, light: Sun, dark: Moon, hc: Contrast } as const;

function nextTheme(theme: ThemeChoice): ThemeChoice {
  return themes[(themes.indexOf(theme) + 1) % themes.length] ?? "system";
}

/** Title of what is on the page: a built-in scenario's, the author's, or that it is the reader's own program. */
function useTitle(): string {
  const text = useText();
  const locale = useUi((state) => state.locale);
  const scenario = useUi((state) => state.scenario);
  if (scenario.slug !== null && isBuiltinSlug(scenario.slug)) return scenarioTexts[locale][scenario.slug].title;
  return scenario.title ?? text.header.edited;
}

/** Before an audience only what names the scenario stays, and the way out. */
export function Header({ presenter }: { readonly presenter: boolean }) {
  const text = useText();
  const actions = useActions();
  const theme = useUi((state) => state.theme);
  const locale = useUi((state) => state.locale);
  const machine = useUi((state) => state.scenario.machine);
  const operations = useUi((state) => state.run?.summary.operations);
  const threads = useMemo(() => (operations ?? []).reduce((most, { thread }) => Math.max(most, thread + 1), 1), [operations]);
  const versions = useUi(versionsDialog);
  const title = useTitle();
  const ThemeIcon = themeIcons[theme];
  return (
    <header className="app-header">
      <div className="logo">
        <Logo />
        <h1 className="word">Heapglass</h1>
      </div>
      <div className="sep" />
      <button
        type="button"
        className="pick"
        onClick={() => actions.openDialog("gallery")}
        aria-label={`${text.header.gallery}: ${title}`}
        data-testid="pick-scenario"
      >
        <span className="dim">{text.header.scenario}</span>
        <span>{title}</span>
        <ChevronDown size={12} />
      </button>
      <button
        type="button"
        className="chip"
        onClick={() => actions.openDialog("machine")}
        aria-label={text.header.machine}
        data-testid="machine-chip"
      >
        <b>glibc {machine.glibc}</b> <span className="width">{machine.abi === "amd64" ? "x86-64" : "i386"}</span>
        <span className="more">
          <span className="dim"> · </span>
          {text.header.threads(threads)}
          <span className="dim"> · </span>
          {text.header.cores(machine.cores)}
          <span className="dim"> · </span>
          {text.header.aslr(machine.aslr)}
        </span>
      </button>
      <IconButton
        label={versions === "compare" ? text.header.compare : text.header.lesson}
        keys="V"
        onPress={() => actions.openDialog(versions)}
        testId="versions"
        className="optional"
      >
        <Columns2 size={16} />
      </IconButton>
      <div className="grow" />
      {presenter ? null : (
        <button
          type="button"
          className="find"
          onClick={() => actions.openDialog("palette")}
          aria-label={text.header.find}
          data-testid="open-palette"
        >
          <Search size={14} />
          <span className="label">{text.header.find}</span>
          <span className="grow" />
          <kbd>Ctrl K</kbd>
        </button>
      )}
      <span className="optional">
        <ActionButton
          onPress={() => actions.setPresenter(!presenter)}
          testId="present"
          label={presenter ? text.header.endPresent : text.header.present}
        >
          <MonitorPlay size={15} />
          <span className="label">{presenter ? text.header.endPresent : text.header.present}</span>
        </ActionButton>
      </span>
      {presenter ? null : (
        <ActionButton kind="primary" onPress={() => actions.openDialog("share")} testId="share" label={text.header.share}>
          <Share2 size={15} />
          <span className="label">{text.header.share}</span>
        </ActionButton>
      )}
      <div className="sep" />
      <button
        type="button"
        className="icon-btn text"
        onClick={() => actions.setLocale(locale === "en" ? "zh-CN" : "en")}
        lang={locale === "en" ? "zh-CN" : "en"}
        data-testid="language"
      >
        {text.header.otherLanguage}
      </button>
      <IconButton label={text.header.theme(theme)} onPress={() => actions.setTheme(nextTheme(theme))} testId="theme">
        <ThemeIcon size={16} />
      </IconButton>
      <IconButton label={text.header.help} keys="?" onPress={() => actions.openDialog("help")} testId="help" className="optional">
        <HelpCircle size={16} />
      </IconButton>
    </header>
  );
}
