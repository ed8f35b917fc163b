/** Slab caches, the slabs of one of them, and the objects of one slab. */
import { useMemo, useState } from "react";
import { PAGE_SIZE } from "../../abi/machine-memory";
import type { SlabObject } from "../../decode/slab-objects";
import { decodeVmaTree } from "../../decode/vma-tree";
import { panelTexts } from "../../i18n/panels";
import { type PhysicalText, physicalTexts } from "../../i18n/physical";
import { type VmaRole, vmaRole } from "../../render/roles";
import { hex } from "../../render/text";
import { useActions, useUi } from "../../store";
import { vmaName } from "../shared/vma-name";
import type { RamProps } from "./props";
import type { SlabNow } from "./use-physical";

/** Slabs that are drawn; of a free list's chain the first few. */
const SLABS = 40;
const CHAIN = 8;

export function Slabs(props: RamProps) {
  const text = physicalTexts[useUi((state) => state.locale)];
  const { caches } = props.ram;
  const { selected } = props.sight;
  const [chosen, setChosen] = useState(0);
  // The cache of the slab that the chosen frame is, else the one chosen here.
  const holds = caches.findIndex(({ all }) => all.some(({ pfn }) => pfn === selected));
  const at = holds >= 0 ? holds : chosen;
  const open = caches[at];
  return (
    <section className="ram-section slabs" aria-label={text.slabs}>
      <header className="ram-head">
        <h3>{text.slabs}</h3>
        <span className="dim">{text.slabsHint}</span>
      </header>
      <div className="slab-table">
        <div className="slab-row slab-titles dim" aria-hidden="true">
          <span>{text.column.cache}</span>
          <span>{text.column.object}</span>
          <span>{text.column.perSlab}</span>
          <span>{text.column.lists}</span>
          <span>{text.column.active}</span>
        </div>
        {caches.map((each, index) => (
          <Row
            key={each.cache.name}
            slabs={each}
            text={text}
            pressed={index === at}
            onPress={() => {
              setChosen(index);
              const [first] = each.all;
              if (first !== undefined) props.onChoose(first.pfn);
            }}
          />
        ))}
      </div>
      {open === undefined ? null : <OneSlab {...props} slabs={open} />}
    </section>
  );
}

interface RowProps {
  readonly slabs: SlabNow;
  readonly text: PhysicalText;
  readonly pressed: boolean;
  readonly onPress: () => void;
}

function Row({ slabs: { cache, all }, text, pressed, onPress }: RowProps) {
  const of = (list: "full" | "partial" | "free"): number => all.filter((slab) => slab.list === list).length;
  const active = `${cache.activeObjects} / ${cache.slabs * cache.objectsPerSlab}`;
  return (
    <button
      type="button"
      className="slab-row mono"
      aria-pressed={pressed}
      aria-label={text.cacheSpoken(cache.name, of("full"), of("partial"), of("free"), active)}
      onClick={onPress}
      data-testid={`slab-${cache.name}`}
    >
      <b>{cache.name}</b>
      <span>{cache.size}</span>
      <span>{cache.objectsPerSlab}</span>
      <span className="slab-bars">
        {all.slice(0, SLABS).map((slab) => (
          <span key={slab.pfn} data-list={slab.list}>
            <span style={{ height: `${(slab.inUse / Math.max(1, cache.objectsPerSlab)) * 100}%` }} />
          </span>
        ))}
        {all.length > SLABS ? <span className="dim">{text.more(all.length - SLABS)}</span> : null}
      </span>
      <span>{active}</span>
    </button>
  );
}

interface OneSlabProps extends RamProps {
  readonly slabs: SlabNow;
}

/** The slabs by list, and the objects of the chosen one in their places. */
function OneSlab({ instant, sight, onChoose, slabs: { cache, all, changed } }: OneSlabProps) {
  const text = physicalTexts[useUi((state) => state.locale)];
  const slab = all.find(({ pfn }) => pfn === sight.selected) ?? all[0];
  if (slab === undefined) return <p className="dim">{text.noSlab}</p>;
  const chain = slab.objects.filter(({ place }) => place >= 0).toSorted((a, b) => a.place - b.place);
  const shown = chain.slice(0, CHAIN).map(({ index }) => `#${index}`);
  const left = PAGE_SIZE * 2 ** Math.min(cache.order, 3) - cache.objectsPerSlab * cache.size;
  return (
    <div className="slab-open">
      <div className="slab-list">
        {(["full", "partial", "free"] as const).map((list) => {
          const on = all.filter((each) => each.list === list);
          return on.length === 0 ? null : (
            <span key={list} className="slab-frames">
              <span className="dim">{text.list[list]}</span>
              {on.slice(0, 6).map(({ pfn }) => (
                <button key={pfn} type="button" className="mono" aria-pressed={pfn === slab.pfn} onClick={() => onChoose(pfn)}>
                  {hex(pfn)}
                </button>
              ))}
              {on.length > 6 ? <span className="dim mono">{text.more(on.length - 6)}</span> : null}
            </span>
          );
        })}
      </div>
      <p>
        <b className="mono">{cache.name}</b>{" "}
        <span className="dim">{text.slabOf(hex(slab.pfn), slab.objects.length, cache.size, left, slab.inUse)}</span>
      </p>
      <div className="slab-objects" data-testid="slab-objects">
        <Objects instant={instant} objects={slab.objects} name={cache.name} changed={changed} text={text} />
      </div>
      <p className="mono dim" data-testid="slab-freelist">
        {chain.length === 0 ? text.noFree : text.freelist(`${shown.join(" → ")}${chain.length > CHAIN ? " → …" : " → NULL"}`)}
      </p>
    </div>
  );
}

interface ObjectsProps {
  readonly instant: RamProps["instant"];
  readonly objects: readonly SlabObject[];
  /** Of their cache. */
  readonly name: string;
  readonly changed: ReadonlySet<number>;
  readonly text: PhysicalText;
}

interface Told {
  readonly what: string;
  readonly role: VmaRole | null;
  /** Where a click leads, null for nowhere. */
  readonly mapping: number | null;
}

function Objects({ instant, objects, name, changed, text }: ObjectsProps) {
  const locale = useUi((state) => state.locale);
  const actions = useActions();
  const mapping = useUi((state) => state.mapping);
  const { space } = instant;
  const nodes = useMemo(() => {
    const tree = space.index === null ? null : decodeVmaTree(space.index);
    return new Map(tree?.kind === "maple" ? tree.nodes.map((node) => [node.at, node]) : []);
  }, [space]);
  const tell = ({ at, place, vma }: SlabObject): Told => {
    if (place >= 0) return { what: text.objectFree(place), role: null, mapping: null };
    if (vma !== null) {
      const facts = space.vmas.find(({ start, end }) => start === vma.start && end === vma.end);
      const range = `${hex(vma.start)} – ${hex(vma.end)}`;
      if (facts === undefined) return { what: `${text.objectUsed}, ${range}`, role: null, mapping: null };
      return { what: `${vmaName(facts, panelTexts[locale])}, ${range}`, role: vmaRole[facts.kind], mapping: facts.start };
    }
    const node = nodes.get(at);
    if (node !== undefined) return { what: text.mapleNode(node.kind, node.slots.length), role: null, mapping: null };
    return { what: name === "maple_node" ? text.mapleAway : text.objectUsed, role: null, mapping: null };
  };
  return objects.map((object) => {
    const { what, role, mapping: target } = tell(object);
    const label = `${text.object(object.index, hex(object.at))}, ${what}`;
    return (
      <button
        key={object.index}
        type="button"
        className="mono"
        data-free={object.place >= 0 || undefined}
        data-vma={role ?? undefined}
        data-new={changed.has(object.at) || undefined}
        data-tip={label}
        aria-label={label}
        aria-disabled={target === null}
        aria-pressed={target !== null && target === mapping}
        onClick={() => {
          if (target !== null) actions.selectMapping(target);
        }}
      >
        {object.index}
      </button>
    );
  });
}
