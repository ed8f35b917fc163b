/** The index of VMAs beside the layout: the tree as its bytes are, and find_vma's way through it, step by step. Fetched when first asked for. */
import { ChevronFirst, ChevronLast, ChevronLeft, ChevronRight } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { recordKind } from "../../abi/journal";
import { type KernelRelease, kernelReleases } from "../../abi/linux";
import { findVmaWalk } from "../../decode/find-vma";
import type { AddressSpace } from "../../decode/types";
import { decodeVmaTree } from "../../decode/vma-tree";
import { vmaAt } from "../../decode/vmas";
import type { VmaTree } from "../../decode/vma-tree-types";
import { panelTexts } from "../../i18n/panels";
import { vmaTreeTexts } from "../../i18n/vma-tree";
import { type Instant, useMoment } from "../../queries";
import { useSize } from "../../render/hooks";
import { vmaRole } from "../../render/roles";
import { hex } from "../../render/text";
import { useActions, useUi } from "../../store";
import { IconButton, Segmented } from "../../ui";
import { MemorySwitch } from "../shared/memory-switch";
import { useFaultOfStep } from "../shared/use-fault";
import { useShown } from "../shared/use-shown";
import { vmaName } from "../shared/vma-name";
import { MapleFigure } from "./maple-figure";
import "./memory.css";
import type { Labels } from "./names";
import { RbFigure } from "./rb-figure";
import { Steps } from "./steps";
import { actOnKey } from "../shared/grid-keys";

/** Where the reader looks: a selected mapping or chunk, else the heap, else the stack. */
function addressInSight(instant: Instant | null, mapping: number | null, selection: number | null): number {
  if (mapping !== null) return mapping;
  if (selection !== null) return selection;
  if (instant === null) return 0;
  const { brkStart, brk } = instant.space;
  return brk > brkStart ? brkStart : Math.max(0, instant.stackPointer);
}

/** A number below 2^48; null when the text is none. */
function parseAddress(text: string): number | null {
  const value = /^(?:0x[0-9a-f]{1,12}|\d{1,15})$/i.test(text.trim()) ? Number(text) : Number.NaN;
  return value < 2 ** 48 ? value : null;
}

/** Structs that the records of the last step wrote, by where a VMA or a maple node can begin. */
function writtenStructs(instant: Instant | null, from: number): ReadonlySet<number> {
  const offsets = new Set<number>();
  const records = instant?.records;
  if (instant === null || records === null || records === undefined) return offsets;
  const first = Math.max(0, from - records.from);
  for (let row = first; row < Math.min(records.count, instant.cursor - records.from); row++) {
    const where = records.where[row] ?? 0;
    if (records.kind[row] !== recordKind.write) continue;
    offsets.add(where - (where % 128));
    offsets.add(where - (where % 256));
  }
  return offsets;
}

function mappingsOf(tree: VmaTree): number {
  if (tree.kind === "rbtree") return tree.nodes.length;
  return tree.nodes.reduce((sum, { slots }) => sum + slots.filter(({ vma }) => vma !== 0).length, 0);
}

function MemoryPanel() {
  const locale = useUi((state) => state.locale);
  const text = vmaTreeTexts[locale];
  const actions = useActions();
  const instant = useShown();
  const kernel = useUi((state) => state.scenario.machine.kernel);
  const scenario = useUi((state) => state.scenario);
  const source = useUi((state) => state.draft);
  const chooseKernel = (release: KernelRelease): void => {
    const slug = source === scenario.source ? scenario.slug : null;
    void actions.open({ ...scenario, source, slug, machine: { ...scenario.machine, kernel: release } });
  };
  return (
    <div className="index-panel">
      <header className="panel-head">
        <h2>{text.title}</h2>
        <span className="grow" />
        <Segmented
          label={text.kernel}
          testId="kernel-choice"
          value={kernel}
          onChange={chooseKernel}
          options={kernelReleases.toReversed().map((id) => ({ id, text: text.kernelName[id] }))}
        />
        <MemorySwitch />
      </header>
      {instant === null ? null : <Index instant={instant} space={instant.space} />}
    </div>
  );
}

function Index({ instant, space }: { readonly instant: Instant; readonly space: AddressSpace }) {
  const locale = useUi((state) => state.locale);
  const text = vmaTreeTexts[locale];
  const actions = useActions();
  const mapping = useUi((state) => state.mapping);
  const selection = useUi((state) => state.selection);
  const { position } = useMoment();
  const box = useRef<HTMLDivElement>(null);
  const { width } = useSize(box);
  const page = useUi((state) => state.page);
  const [entered, setTyped] = useState<string | null>(null);
  const [made, setMade] = useState<number | null>(null);
  // What was typed holds until something else is looked at.
  const typed = entered !== null && (parseAddress(entered) ?? page) === page ? entered : null;
  const wanted = typed === null ? null : parseAddress(typed);
  const fault = useFaultOfStep();
  const chosen = mapping !== null || selection !== null;
  const addr = wanted ?? page ?? (chosen || fault < 0 ? addressInSight(instant, mapping, selection) : fault);
  const { index } = space;
  const tree = useMemo(() => (index === null ? null : decodeVmaTree(index)), [index]);
  const walk = useMemo(() => (index === null ? null : findVmaWalk(index, addr)), [index, addr]);
  const labels = useMemo((): Labels => {
    const flag = (yes: boolean, letter: string): string => (yes ? letter : "-");
    return new Map(
      space.vmas.map((facts) => {
        const perms = `${flag(facts.read, "r")}${flag(facts.write, "w")}${flag(facts.exec, "x")}`;
        return [facts.start, { name: vmaName(facts, panelTexts[locale]), perms, role: vmaRole[facts.kind], facts }];
      }),
    );
  }, [space, locale]);
  const written = useMemo(() => writtenStructs(instant, position?.stepFrom ?? instant.cursor), [instant, position]);
  if (tree === null || walk === null) return <p className="index-empty dim">{text.tooMany}</p>;
  const total = walk.steps.length;
  const at = Math.min(made ?? total, total);
  const go = (step: number): void => setMade(Math.max(0, Math.min(total, step)));
  const keys = {
    ArrowLeft: () => go(at - 1),
    ArrowRight: () => go(at + 1),
    Home: () => go(0),
    End: () => go(total),
  };
  const onSelect = (start: number): void => {
    setTyped(null);
    setMade(null);
    actions.selectMapping(start);
  };
  const vmas = mappingsOf(tree);
  const figure = { text, labels, width, made: at, selected: mapping ?? -1, onSelect, written };
  return (
    <>
      <div className="index-bar">
        <label className="index-find mono">
          find_vma(
          <input
            className="input mono"
            value={typed ?? hex(addr)}
            aria-label={text.address}
            aria-invalid={typed !== null && wanted === null}
            title={typed !== null && wanted === null ? text.addressWrong : undefined}
            spellCheck={false}
            data-testid="find-address"
            onChange={({ target }) => {
              const looked = parseAddress(target.value);
              setTyped(target.value);
              setMade(null);
              if (looked !== null) actions.selectPage(looked, space.vmas[vmaAt(space, looked)]?.start ?? null);
            }}
            onBlur={() => {
              if (typed?.trim() === "") setTyped(null);
            }}
          />
          )
        </label>
        <span className="dim">{text.count(vmas)}</span>
        <span className="grow" />
        <IconButton label={text.first} onPress={() => go(0)} isDisabled={at === 0} testId="find-first">
          <ChevronFirst size={14} />
        </IconButton>
        <IconButton label={text.back} onPress={() => go(at - 1)} isDisabled={at === 0} testId="find-back">
          <ChevronLeft size={14} />
        </IconButton>
        <span className="mono index-at" data-testid="find-at">
          {text.at(at, total)}
        </span>
        <IconButton label={text.on} onPress={() => go(at + 1)} isDisabled={at === total} testId="find-on">
          <ChevronRight size={14} />
        </IconButton>
        <IconButton label={text.last} onPress={() => go(total)} isDisabled={at === total} testId="find-last">
          <ChevronLast size={14} />
        </IconButton>
      </div>
      {tree.problems.length === 0 ? null : (
        <p className="index-faults bad-text" role="alert">
          {text.faults([...new Set(tree.problems.map(({ fault }) => text.fault[fault]))].join("; "))}
        </p>
      )}
      <div className="panel-body index-body" ref={box}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys step through the search while it has the focus */}
        <div
          className="index-focus"
          role="group"
          tabIndex={0}
          aria-label={text.figure(tree.kind, vmas)}
          onKeyDown={(event) => actOnKey(event, keys)}
        >
          {width < 60 ? null : tree.kind === "maple" ? (
            <MapleFigure {...figure} tree={tree} walk={walk} />
          ) : (
            <RbFigure {...figure} tree={tree} walk={walk} />
          )}
        </div>
        {vmas === 0 ? (
          <p className="index-empty dim">{text.empty}</p>
        ) : (
          <Steps tree={tree} walk={walk} addr={addr} made={at} text={text} labels={labels} onStep={go} />
        )}
      </div>
    </>
  );
}

export default MemoryPanel;
