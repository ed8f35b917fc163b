/** One VMA as the kernel keeps it: its struct, its flags, and what smaps says of it now. Fetched with the views of memory. */
import { useMemo } from "react";
import { machineMemory, PAGE_SIZE } from "../../abi/machine-memory";
import { objectsPerSlab, slabCaches } from "../../abi/slab";
import type { VmaFacts } from "../../decode/types";
import { type VmaStruct, vmaStructAt } from "../../decode/vma-struct";
import { vmaCardTexts } from "../../i18n/vma-card";
import { type Instant, useProcText } from "../../queries";
import { vmaRole } from "../../render/roles";
import { hex } from "../../render/text";
import { useActions, useUi } from "../../store";
import { smapsSection } from "./smaps-section";
import "./vma-card.css";
import { VmaHistory } from "./vma-history";

/** Flags that are shown also where they are not set. */
const common = ["rd", "wr", "ex", "sh", "mr", "mw", "me", "gd", "ac"] as const;
/** Lines of smaps that say something here; Swap is for readers who look for it. */
const rows = [
  "Size",
  "Rss",
  "Pss",
  "Shared_Clean",
  "Shared_Dirty",
  "Private_Clean",
  "Private_Dirty",
  "Referenced",
  "Anonymous",
  "AnonHugePages",
  "Locked",
  "Swap",
] as const;
const VMA_BYTES = slabCaches.find(({ name }) => name === "vm_area_struct")?.size ?? 192;

interface Props {
  readonly instant: Instant;
  readonly vma: VmaFacts;
}

function VmaCard({ instant, vma }: Props): React.ReactNode {
  const { index } = instant.space;
  const struct = useMemo(() => (index === null ? null : vmaStructAt(index, vma.start)), [index, vma]);
  return (
    <article className="vma-card" data-vma={vmaRole[vma.kind]} data-testid="vma-card">
      {struct === null ? null : <Struct instant={instant} vma={vma} struct={struct} />}
      <Smaps vma={vma} />
      {struct === null ? null : <VmaHistory vma={struct.at} start={struct.start} cursor={instant.cursor} />}
    </article>
  );
}

/** Frame and place of an object of the cache, by its linear offset. */
function slabPlace({ linear }: Instant, at: number): { readonly frame: number; readonly index: number } | null {
  const slot = Math.floor((at - machineMemory.frames) / PAGE_SIZE);
  if (slot < 0) return null;
  const owner = new DataView(linear.buffer, linear.byteOffset).getUint32(machineMemory.slotOwners + slot * 4, true);
  const index = (at % PAGE_SIZE) / VMA_BYTES;
  return owner > 0 && Number.isInteger(index) && index < objectsPerSlab(VMA_BYTES) ? { frame: owner - 1, index } : null;
}

function Struct({ instant, vma, struct }: Props & { readonly struct: VmaStruct }) {
  const text = vmaCardTexts[useUi((state) => state.locale)];
  const actions = useActions();
  const place = slabPlace(instant, struct.at);
  const fields: readonly (readonly [string, string, string])[] = [
    ["vm_start", hex(struct.start), ""],
    ["vm_end", hex(struct.end), `${(struct.end - struct.start) / 1024} KiB`],
    ["vm_pgoff", hex(struct.pgoff), vma.inode === 0 ? "" : `${hex(vma.fileOffset)} B`],
    ["vm_file", vma.name.startsWith("/") ? vma.name : text.none, vma.name.startsWith("/") ? "" : text.anonymous],
    ["anon_vma", text.anonVma(hex(struct.anonVma), struct.chain), ""],
  ];
  return (
    <section>
      <h3>
        {text.struct}
        <span className="right mono">{hex(struct.at)}</span>
      </h3>
      {place === null ? null : (
        <button
          type="button"
          className="vma-slab"
          onClick={() => {
            actions.setMemoryView("physical");
            actions.selectFrame(place.frame);
          }}
        >
          {text.inSlab(hex(place.frame), place.index)}
        </button>
      )}
      <dl className="vma-fields mono">
        {fields.map(([name, value, note]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
            <dd className="dim">{note}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Smaps({ vma }: { readonly vma: VmaFacts }) {
  const text = vmaCardTexts[useUi((state) => state.locale)];
  const answer = useProcText("smaps");
  const now = useMemo(() => (answer === null ? null : smapsSection(answer.lines, vma.start)), [answer, vma]);
  const before = useMemo(() => (answer === null ? null : smapsSection(answer.before, vma.start)), [answer, vma]);
  if (now === null) return null;
  const value = (name: string): number => now.values.get(name) ?? 0;
  const [size, rss, pss] = [value("Size"), value("Rss"), value("Pss")];
  const shared = value("Shared_Clean") + value("Shared_Dirty");
  const share = (part: number): string => `${size === 0 ? 0 : (part / size) * 100}%`;
  const flags = [...common, ...now.flags.filter((flag) => !common.some((known) => known === flag))];
  return (
    <>
      <section>
        <h3>{text.flags}</h3>
        <ul className="vma-flags mono">
          {flags.map((flag) => {
            const label = text.set(flag, text.flag[flag] ?? flag, now.flags.includes(flag));
            return (
              <li key={flag} data-set={now.flags.includes(flag)} data-tip={label}>
                {flag}
                <span className="visually-hidden">{label}</span>
              </li>
            );
          })}
        </ul>
      </section>
      <section data-testid="vma-smaps">
        <h3>
          {text.smaps}
          <span className="right">kB</span>
        </h3>
        <div className="vma-bar" role="img" aria-label={text.bar(String(rss), String(size))}>
          <span data-part="own" style={{ width: share(rss - shared) }} />
          <span data-part="shared" style={{ width: share(shared) }} />
        </div>
        <dl className="vma-sizes mono">
          {rows.map((name) => {
            const old = before?.values.get(name);
            const changed = old !== undefined && old !== value(name);
            return (
              <div key={name} data-changed={changed || undefined} title={changed ? text.was(String(old)) : undefined}>
                <dt>{name}</dt>
                <dd>{value(name)}</dd>
              </div>
            );
          })}
        </dl>
        {pss < rss ? <p className="note">{text.shared(shared)}</p> : null}
      </section>
    </>
  );
}

export default VmaCard;
