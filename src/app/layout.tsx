/**
 * Where the panels stand. Three shapes, by width:
 *
 *   ≥ 1280        code/listing │ space │ heap/bins │ inspector
 *   768 … 1279    the same, the address space folded to a ribbon; below 1024 the inspector shares the column of code and listing
 *   < 768         one panel at a time and a tab bar
 */
import { Boxes, Code2, Layers, List, ListTree, SearchCode } from "lucide-react";
import { lazy, memo, type ReactNode, Suspense, useEffect, useState } from "react";
import { Group, Panel, Separator } from "react-resizable-panels";
import { BinsPanel } from "../panels/bins";
import { CodePanel } from "../panels/code";
import { HeapPanel } from "../panels/heap";
import { InspectorPanel } from "../panels/inspector";
import { ListingPanel } from "../panels/listing";
import { SpacePanel } from "../panels/space";
import { Later } from "../queries";
import { type PanelId, useActions, useText, useUi, useUiStore } from "../store";
import { ActionButton, ErrorBoundary, Segmented, TabStrip, tabIds } from "../ui";
import { useMedia } from "./use-media";

/** Fetched with the first program that dies. */
const EndingCard = lazy(() => import("../panels/abort"));
/** Fetched with the first program that has threads, and when a view of memory is first asked for. */
const middles = {
  threads: lazy(() => import("../panels/arenas")),
  memory: lazy(() => import("../panels/memory")),
  pages: lazy(() => import("../panels/pages")),
  physical: lazy(() => import("../panels/physical")),
  proc: lazy(() => import("../panels/proc")),
  layouts: lazy(() => import("../panels/layouts")),
} as const;

const panels = {
  code: memo(CodePanel),
  listing: memo(ListingPanel),
  space: memo(SpacePanel),
  heap: memo(HeapPanel),
  bins: memo(BinsPanel),
  inspector: memo(InspectorPanel),
} as const satisfies Readonly<Record<Exclude<PanelId, "transport">, unknown>>;

/** Panels that explain: painted after those that show. */
const followers: ReadonlySet<PanelId> = new Set(["listing", "inspector"]);

/** What stands where a panel could not be drawn, until the next step or a press. */
function Broken({ panel, error, retry }: { readonly panel: string; readonly error: Error; readonly retry: () => void }) {
  const text = useText().banner;
  const place = useUi((state) => `${state.run?.id ?? 0}.${state.position?.cursor ?? 0}`);
  const [failedAt] = useState(place);
  useEffect(() => {
    if (place !== failedAt) retry();
  }, [place, failedAt, retry]);
  return (
    <div className="panel-broken" role="alert" data-testid="panel-broken">
      <b>{text.panelFailed(panel)}</b>
      <span className="mono">{error.message}</span>
      <ActionButton onPress={retry}>{text.retry}</ActionButton>
    </div>
  );
}

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
      <ErrorBoundary renderFallback={(error, retry) => <Broken panel={text.panel[id]} error={error} retry={retry} />}>
        {followers.has(id) ? (
          <Later>
            <Content />
          </Later>
        ) : (
          <Content />
        )}
      </ErrorBoundary>
    </section>
  );
}

/** Drags with the pointer, moves with the arrow keys, goes back to its first place on a double click. Named by what it divides. */
function Divider({ between: [before, after] }: { readonly between: readonly [PanelId, PanelId] }) {
  const text = useText();
  return <Separator className="split-handle" aria-label={text.header.divider(text.panel[before], text.panel[after])} />;
}

function Rows({
  id,
  between,
  upper,
  lower,
  share,
}: {
  readonly id: string;
  readonly between: readonly [PanelId, PanelId];
  readonly upper: ReactNode;
  readonly lower: ReactNode;
  readonly share: string;
}) {
  return (
    <Group orientation="vertical" id={id} className="split">
      <Panel id={`${id}-upper`} minSize="15%">
        {upper}
      </Panel>
      <Divider between={between} />
      <Panel id={`${id}-lower`} defaultSize={share} minSize="10%">
        {lower}
      </Panel>
    </Group>
  );
}

/** The card of a program that died stands between the map and the bins: it covers neither. */
function MapAndCard() {
  const died = useUi(({ run }) => run?.summary.status === "abort" || run?.summary.status === "signal");
  return (
    <div className="map-and-card">
      <Slot id="heap" dims />
      {died ? (
        <Suspense fallback={null}>
          <EndingCard />
        </Suspense>
      ) : null}
    </div>
  );
}

/** What stands in the middle instead of map and bins, null for nothing. Only a run that has threads shows them. */
function useMiddle(): Exclude<keyof typeof middles, "pages"> | null {
  return useUi(({ workspace, memoryView, run }) => {
    if (workspace === "threads") return (run?.summary.threads.at.length ?? 0) > 0 ? "threads" : null;
    if (workspace !== "memory") return null;
    return memoryView === "space" ? "memory" : memoryView;
  });
}

/** All threads with their arenas, or a view of memory: in the place of the map. The pages of memory stand where the bins do. */
function Middle({ id }: { readonly id: keyof typeof middles }) {
  const text = useText();
  const Content = middles[id];
  const label = id === "pages" ? text.pagesPanel.title : text.panel.heap;
  return (
    <section
      className="panel dims"
      data-panel={id === "pages" ? "bins" : "heap"}
      data-testid={`panel-${id}`}
      aria-label={label}
      tabIndex={-1}
    >
      <ErrorBoundary renderFallback={(error, retry) => <Broken panel={label} error={error} retry={retry} />}>
        <Suspense fallback={null}>
          <Content />
        </Suspense>
      </ErrorBoundary>
    </section>
  );
}

/** Where there is no column for the inspector, it shares its place with the listing. */
function CallOrChunk() {
  const text = useText();
  const actions = useActions();
  const shown = useUi((state) => (state.tab === "inspector" ? "inspector" : "listing"));
  return (
    <div className="call-or-chunk">
      <TabStrip
        id="call-or-chunk"
        label={text.header.panels}
        value={shown}
        onChange={actions.setTab}
        tabs={[
          { id: "listing", text: text.panel.listing },
          { id: "inspector", text: text.panel.inspector },
        ]}
      />
      <div role="tabpanel" {...labelled(shown)}>
        <Slot id={shown} dims />
      </div>
    </div>
  );
}

const labelled = (shown: string) => {
  const { tab, panel } = tabIds("call-or-chunk", shown);
  return { id: panel, "aria-labelledby": tab };
};

/** The folded address space. It lies open over the map while it has the focus; Esc or going elsewhere folds it again. */
function Ribbon() {
  const store = useUiStore();
  const fold = (): void => {
    if (store.getState().focused === "space") store.setState({ focused: null });
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the panel inside has the role; this only hears what happens in it
    <div
      className="ribbon-column"
      onBlur={({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget)) fold();
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || store.getState().focused !== "space" || store.getState().maximised !== null) return;
        event.preventDefault();
        fold();
        event.currentTarget.querySelector<HTMLElement>("button")?.focus();
      }}
    >
      <Slot id="space" dims />
    </div>
  );
}

/** Map and bins, or what stands there instead. `share`: of the lower one, where there are two. */
function Centre({
  id,
  middle,
  share,
}: {
  readonly id: string;
  readonly middle: ReturnType<typeof useMiddle>;
  readonly share: string;
}) {
  const between = ["heap", "bins"] as const;
  if (middle === null)
    return <Rows id={`${id}-rows`} between={between} upper={<MapAndCard />} lower={<Slot id="bins" dims />} share={share} />;
  if (middle !== "memory") return <Middle id={middle} />;
  return <Rows id={`${id}-memory`} between={between} upper={<Middle id="memory" />} lower={<Middle id="pages" />} share="62%" />;
}

/** For what needs the whole width: no address space, and the inspector only where there is room. */
function WideBench({ id, inspector }: { readonly id: "threads" | "layouts"; readonly inspector: boolean }) {
  return (
    <Group orientation="horizontal" id={`${id}-bench`} className="split" key={`${inspector}`}>
      <Panel id={`${id}-left`} defaultSize="352px" minSize="220px">
        <Rows
          id={`${id}-rows`}
          between={["code", "listing"]}
          upper={<Slot id="code" />}
          lower={<Slot id="listing" dims />}
          share="55%"
        />
      </Panel>
      <Divider between={["code", "heap"]} />
      <Panel id={`${id}-centre`} minSize="280px">
        <Middle id={id} />
      </Panel>
      {inspector ? <Divider between={["heap", "inspector"]} /> : null}
      {inspector ? (
        <Panel id={`${id}-right`} defaultSize="360px" minSize="200px">
          <Slot id="inspector" dims />
        </Panel>
      ) : null}
    </Group>
  );
}

function Workbench() {
  const wide = useMedia("(min-width: 1280px)");
  const inspectorColumn = useMedia("(min-width: 1024px)");
  const huge = useMedia("(min-width: 1680px)");
  const middle = useMiddle();
  if (middle === "threads") return <WideBench id="threads" inspector={huge} />;
  if (middle === "layouts") return <WideBench id="layouts" inspector={false} />;
  // Frames and texts of /proc are wide: where they stand the address space is folded.
  const space = wide && (huge || middle === null || middle === "memory");
  return (
    <Group orientation="horizontal" id="workbench" className="split" key={`${wide}${inspectorColumn}${huge}${space}`}>
      <Panel id="left" defaultSize={huge ? "400px" : wide ? "352px" : "320px"} minSize="220px">
        <Rows
          id="left-rows"
          between={["code", "listing"]}
          upper={<Slot id="code" />}
          lower={inspectorColumn ? <Slot id="listing" dims /> : <CallOrChunk />}
          share="55%"
        />
      </Panel>
      <Divider between={["code", "space"]} />
      {space ? (
        <Panel id="space" defaultSize={huge ? "190px" : "168px"} minSize="28px">
          <Slot id="space" dims />
        </Panel>
      ) : (
        <Ribbon />
      )}
      {space ? <Divider between={["space", "heap"]} /> : null}
      <Panel id="centre" minSize="280px">
        <Centre id="centre" middle={middle} share="34%" />
      </Panel>
      {inspectorColumn ? <Divider between={["heap", "inspector"]} /> : null}
      {inspectorColumn ? (
        <Panel id="right" defaultSize={huge ? "360px" : wide ? "312px" : "280px"} minSize="200px">
          <Slot id="inspector" dims />
        </Panel>
      ) : null}
    </Group>
  );
}

/** For an audience: the code and the call, the map and the bins. Nothing that nobody can read from the last row. */
function Stage() {
  const middle = useMiddle();
  return (
    <Group orientation="horizontal" id="stage" className="split">
      <Panel id="stage-left" defaultSize="27%" minSize="15%">
        <Rows
          id="stage-rows"
          between={["code", "listing"]}
          upper={<Slot id="code" />}
          lower={<Slot id="listing" dims />}
          share="70%"
        />
      </Panel>
      <Divider between={["code", "heap"]} />
      <Panel id="stage-right" minSize="30%">
        <Centre id="stage" middle={middle} share="36%" />
      </Panel>
    </Group>
  );
}

export type PageShape = "wide" | "narrow" | "presenter";

export function MainArea({ shape }: { readonly shape: PageShape }) {
  const maximised = useUi((state) => state.maximised);
  const tab = useUi((state) => state.tab);
  const middle = useMiddle();
  const shown = maximised ?? (shape === "narrow" ? tab : null);
  if (middle !== null && shown === "heap") return <Middle id={middle} />;
  if (middle !== null && middle !== "threads" && shown === "bins") return <Middle id="pages" />;
  if (maximised !== null && maximised !== "transport") return <Slot id={maximised} dims={maximised !== "code"} />;
  if (shape === "presenter") return <Stage />;
  if (shape === "narrow" && tab === "heap") return <MapAndCard />;
  if (shape === "narrow") return <Slot id={tab === "transport" ? "heap" : tab} dims={tab !== "code"} />;
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
  const pages = useUi((state) => state.workspace === "memory");
  return (
    <Segmented
      className="tab-bar"
      label={text.header.panels}
      value={tabs.find(({ id }) => id === tab)?.id ?? "heap"}
      onChange={actions.setTab}
      options={tabs.map(({ id, icon: Icon }) => ({
        id,
        text: (
          <>
            <Icon size={18} />
            {pages && id === "bins" ? text.pagesPanel.tab : text.tab[id]}
          </>
        ),
      }))}
    />
  );
}
