/** A struct of the allocator as the release at hand lays it out: offset, field, value; what the step wrote is marked. */
import { useMemo } from "react";
import type { StructField, StructLayout } from "../../abi/glibc-structs";
import { decodeStruct } from "../../decode/structs";
import type { FieldValue } from "../../decode/types";
import { arenaTexts, type ArenaText } from "../../i18n/arenas";
import type { Instant } from "../../queries";
import { hex, shortAddress } from "../../render/text";
import { arenaName } from "../../scene/bin-names";
import { threadName } from "../../scene/threads";
import { type StructureRef, useActions, useUi } from "../../store";
import "../shared/threads.css";
import "./struct-card.css";

/** A struct that the process has, and what it is called. */
interface Known extends StructureRef {
  readonly name: string;
}

function layoutOf({ abi }: Instant, kind: StructureRef["kind"]): StructLayout | null {
  switch (kind) {
    case "malloc_state":
      return abi.mallocState;
    case "malloc_par":
      return abi.mallocPar;
    case "heap_info":
      return abi.heapInfo;
    case "tcache":
      return abi.tcache;
  }
}

/** All of them: mp_, the arenas with their heaps, the threads' caches. */
export function knownStructs({ heap, threads }: Instant): readonly Known[] {
  const { arenas, bins } = heap;
  const caches = threads.filter(({ tcache }) => tcache > 0);
  return [
    { kind: "malloc_par", addr: heap.par.addr, name: "mp_" },
    ...[...arenas.slice(0, 1), ...arenas.slice(1).toReversed()].flatMap((arena): Known[] => {
      const name = arenaName(arenas, arena);
      const infos = arena.heaps.map(({ addr }, nth): Known => {
        const which = arena.heaps.length === 1 ? "" : ` ${nth + 1}`;
        return { kind: "heap_info", addr, name: `${name}: heap_info${which}` };
      });
      return [{ kind: "malloc_state", addr: arena.addr, name }, ...infos];
    }),
    ...caches.map(({ tcache, number }): Known => {
      return { kind: "tcache", addr: tcache, name: caches.length === 1 ? "tcache" : `${threadName(number)}: tcache` };
    }),
    ...(caches.length === 0 && bins.tcacheAddr > 0 ? [{ kind: "tcache", addr: bins.tcacheAddr, name: "tcache" } as const] : []),
  ];
}

interface Line {
  readonly key: string;
  readonly addr: number;
  readonly name: string;
  readonly value: string;
  readonly changed: boolean;
  readonly dim: boolean;
}

/** A pointer by what it leads to, everything else in hex. */
function valueText(instant: Instant, field: StructField, value: bigint): string {
  if (field.type !== "pointer" && field.name !== "free_list") return hex(value);
  if (value === 0n) return "NULL";
  const { arenas } = instant.heap;
  const addr = Number(value);
  const arena = arenas.find((entry) => entry.addr === addr);
  if (arena !== undefined) return `→ ${arenaName(arenas, arena)}`;
  const { wordBytes } = instant.abi;
  const name = instant.picture.names.get(addr) ?? instant.picture.names.get(addr - 2 * wordBytes);
  return name === undefined ? hex(value) : `→ ${name} ${shortAddress(addr)}`;
}

/** The value that most elements have. */
function commonest(values: readonly bigint[]): bigint {
  const counts = new Map<bigint, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best), [0n, 0] as const)[0];
}

/** Elements of an array: those that say something or were just written, and one line for the rest. */
function linesOf(
  instant: Instant,
  { field, addr, values }: FieldValue,
  changed: (from: number, bytes: number) => boolean,
  text: ArenaText,
): Line[] {
  const bytes = field.sizeBytes / field.count;
  const { wordBytes, mallocState } = instant.abi;
  const common = commonest(values);
  // bins[2i] and bins[2i + 1] of an empty ring lead to where they stand themselves, two words before.
  const ring = field.name === "bins" && mallocState.fields.includes(field);
  const empty = (nth: number, value: bigint): boolean =>
    ring ? Number(value) === addr + (nth - (nth % 2) - 2) * wordBytes : value === common;
  const lines = values.map((value, nth): Line & { readonly boring: boolean } => {
    const at = addr + nth * bytes;
    const written = changed(at, bytes);
    return {
      key: `${field.name} ${nth}`,
      addr: at,
      name: field.count === 1 ? field.name : `${field.name}[${nth}]`,
      value: valueText(instant, field, value),
      changed: written,
      dim: value === 0n,
      boring: field.count > 1 && empty(nth, value) && !written,
    };
  });
  const boring = lines.filter((line) => line.boring);
  const shown: Line[] = lines.filter((line) => !line.boring);
  if (boring.length === 0) return shown;
  const rest = { key: `${field.name} rest`, addr: boring[0]?.addr ?? addr, name: `${field.name}[…]`, changed: false, dim: true };
  return [...shown, { ...rest, value: ring ? `${boring.length}: ${text.itself}` : `${boring.length} × ${hex(common)}` }];
}

function StructCard({ instant, structure }: { readonly instant: Instant; readonly structure: StructureRef }) {
  const text = arenaTexts[useUi((state) => state.locale)];
  const actions = useActions();
  const glibc = useUi((state) => state.run?.summary.process.glibc ?? "");
  const known = knownStructs(instant);
  const layout = layoutOf(instant, structure.kind);
  const { reader, picture } = instant;
  const value = useMemo(
    () => (layout === null ? null : decodeStruct(reader, layout, structure.addr)),
    [reader, layout, structure.addr],
  );
  const changed = (from: number, bytes: number): boolean =>
    picture.changed.some(({ addr, sizeBytes }) => addr < from + bytes && addr + sizeBytes > from);
  const name = known.find(({ kind, addr }) => kind === structure.kind && addr === structure.addr)?.name ?? structure.kind;
  return (
    <article className="struct-card" data-testid="struct-card">
      <div className="heap-chips" role="group" aria-label={text.structures}>
        {known.map((entry) => (
          <button
            type="button"
            key={`${entry.kind} ${entry.addr} ${entry.name}`}
            className="heap-chip mono"
            aria-pressed={entry.kind === structure.kind && entry.addr === structure.addr}
            onClick={() => actions.selectStructure(entry)}
          >
            {entry.name}
          </button>
        ))}
      </div>
      <div className="struct-title">
        <b>{name}</b>
        <span className="mono dim">
          struct {layout?.name ?? structure.kind} · {hex(structure.addr)}
        </span>
        <span className="dim">
          {text.release(glibc, 8 * instant.abi.wordBytes)}
          {layout === null ? "" : ` · ${text.bytes(layout.sizeBytes)}`}
        </span>
      </div>
      {value?.fields === null || value === null ? (
        <p className="empty">{text.unreadable}</p>
      ) : (
        <table className="struct-fields mono">
          <thead className="visually-hidden">
            <tr>
              <th>{text.offset}</th>
              <th>{text.field}</th>
              <th>{text.value}</th>
            </tr>
          </thead>
          <tbody>
            {value.fields
              .flatMap((field) => linesOf(instant, field, changed, text))
              .map((line) => (
                <tr
                  key={line.key}
                  data-changed={line.changed}
                  data-dim={line.dim}
                  title={line.changed ? text.changed : hex(line.addr)}
                >
                  <td>+{(line.addr - structure.addr).toString(16)}</td>
                  <td>{line.name}</td>
                  <td>{line.value}</td>
                </tr>
              ))}
          </tbody>
        </table>
      )}
    </article>
  );
}

export default StructCard;
