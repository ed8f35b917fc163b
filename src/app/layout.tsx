/**
 * Where the panels stand. Three shapes, by width:
 *
 *   ≥ 1280        code/listing │ space │ heap/bins │ inspector
 *   768 … 1279    the same, the address space folded to a ribbon; below 1024 the inspector shares the column of code and listing
 *   < 768         one panel at a time and a tab bar
 */
import { Boxes, Code2, Layers, List, ListTree, SearchCode } from "lucide-react";
import type { ReactNode } from "react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { Group, Panel, Separator } from "react-resizable-panels";
import { BinsPanel } from "../panels/bins";
import { CodePanel } from "../panels/code";
import { HeapPanel } from "../panels/heap";
import { InspectorPanel } from "../panels/inspector";
import { ListingPanel } from "../panels/listing";
import { SpacePanel } from "../panels/space";
import { type PanelId, useActions, useText, useUi } from "../store";
import { useMedia } from "./use-media";

const panels: Readonly<Record<Exclude<PanelId, "transport">, () => ReactNode>> = {
  code: CodePanel,
  listing: ListingPanel,
  space: SpacePanel,
  heap: HeapPanel,
  bins: BinsPanel,
  inspector: InspectorPanel,
};

function Slot({ id, dims = false }: { readonly id: Exclude<PanelId, "transport">; readonly dims?: boolean }) {
  const text = useText();
  const Content = panels[id];
  return (
    <section
      className={dims ? "panel dims" : "panel"}
      data-panel={id}
      data-testid={`panel-${id}`}
      aria-label={text.panel[id]}
      tabIndex={-1}
    >
      <Content />
    </section>
  );
}

function Rows({
  id,
  upper,
  lower,
  share,
}: {
  readonly id: string;
  readonly upper: ReactNode;
  readonly lower: ReactNode;
  readonly share: string;
}) {
  return (
    <Group orientation="vertical" id={id} className="split">
      <Panel id={`${id}-upper`} minSize="15%">
        {upper}
      </Panel>
      <Separator className="split-handle" />
      <Panel id={`${id}-lower`} defaultSize={share} minSize="10%">
        {lower}
      </Panel>
    </Group>
  );
}

function Workbench() {
  const wide = useMedia("(min-width: 1280px)");
  const inspectorColumn = useMedia("(min-width: 1024px)");
  const huge = useMedia("(min-width: 1680px)");
  return (
    <Group orientation="horizontal" id="workbench" className="split" key={`${wide}${inspectorColumn}${huge}`}>
      <Panel id="left" defaultSize={huge ? "400px" : wide ? "352px" : "320px"} minSize="220px">
        <Rows
          id="left-rows"
          upper={<Slot id="code" />}
          lower={inspectorColumn ? <Slot id="listing" dims /> : <Slot id="inspector" dims />}
          share="55%"
        />
      </Panel>
      <Separator className="split-handle" />
      {wide ? (
        <Panel id="space" defaultSize={huge ? "190px" : "168px"} minSize="28px">
          <Slot id="space" dims />
        </Panel>
      ) : (
        <div className="ribbon-column">
          <Slot id="space" dims />
        </div>
      )}
      {wide ? <Separator className="split-handle" /> : null}
      <Panel id="centre" minSize="280px">
        <Rows id="centre-rows" upper={<Slot id="heap" dims />} lower={<Slot id="bins" dims />} share="34%" />
      </Panel>
      {inspectorColumn ? <Separator className="split-handle" /> : null}
      {inspectorColumn ? (
        <Panel id="right" defaultSize={huge ? "360px" : wide ? "312px" : "280px"} minSize="200px">
          <Slot id="inspector" dims />
        </Panel>
      ) : null}
    </Group>
  );
}

export function MainArea({ narrow }: { readonly narrow: boolean }) {
  const maximised = useUi((state) => state.maximised);
  const tab = useUi((state) => state.tab);
  if (maximised !== null && maximised !== "transport") return <Slot id={maximised} dims={maximised !== "code"} />;
  if (narrow) return <Slot id={tab === "transport" ? "heap" : tab} dims={tab !== "code"} />;
  return <Workbench />;
}

const tabs = [
  { id: "code", icon: Code2 },
  { id: "listing", icon: ListTree },
  { id: "heap", icon: Boxes },
  { id: "bins", icon: List },
  { id: "space", icon: Layers },
  { id: "inspector", icon: SearchCode },
] as const;

export function TabBar() {
  const text = useText();
  const actions = useActions();
  const tab = useUi((state) => state.tab);
  return (
    <ToggleButtonGroup
      className="tab-bar"
      aria-label={text.header.scenario}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[tab]}
      onSelectionChange={(keys) => {
        const chosen = tabs.find(({ id }) => keys.has(id));
        if (chosen !== undefined) actions.setTab(chosen.id);
      }}
    >
      {tabs.map(({ id, icon: Icon }) => (
        <ToggleButton key={id} id={id}>
          <Icon size={18} />
          {text.tab[id]}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
