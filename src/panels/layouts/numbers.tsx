/** The four layouts in numbers, each read from its process. A press on a row's name points at that region everywhere. */
import { mapsLine } from "../../decode/vmas";
import type { VmaFacts } from "../../decode/types";
import type { LayoutsText } from "../../i18n/layouts";
import type { PanelText } from "../../i18n/panels";
import type { RunSummary } from "../../protocol/messages";
import { sizeText } from "../../scene/sizes";
import { fileName } from "../../scene/regions";
import { vmaName } from "../shared/vma-name";
import { type LayoutFacts, roomText } from "./facts";

export interface NumbersColumn {
  readonly id: string;
  readonly facts: LayoutFacts | null;
  readonly summary: RunSummary | null;
  /** The mapping that is pointed at, in this layout. */
  readonly region: VmaFacts | undefined;
}

interface NumbersProps {
  readonly columns: readonly NumbersColumn[];
  readonly text: LayoutsText;
  readonly panelText: PanelText;
  /** A region is pointed at. */
  readonly pointed: boolean;
  readonly onRegion: (column: number, start: number) => void;
}

const hex = (addr: number): string => `0x${addr.toString(16)}`;

function endOf({ status, exitCode, signal, message }: RunSummary, text: LayoutsText): string {
  switch (status) {
    case "exited":
      return text.end.exited(exitCode);
    case "signal":
      return text.end.signal(signal);
    case "abort":
      return message;
    case "budget":
      return text.end.budget;
    default:
      return text.end.other[status];
  }
}

/** What the break meets: a file, or what the strip calls the mapping. */
export function stopText({ room, space }: LayoutFacts, text: LayoutsText, panelText: PanelText): string {
  const vma = space.vmas[room.brkStop];
  if (vma === undefined) return text.stopsAtEnd;
  return text.stops(vma.part === "" ? vmaName(vma, panelText) : fileName(vma));
}

interface Row {
  readonly id: keyof LayoutsText["row"];
  readonly cell: (facts: LayoutFacts) => string;
  readonly region?: (facts: LayoutFacts) => VmaFacts | undefined;
}

export function Numbers({ columns, text, panelText, pointed, onRegion }: NumbersProps) {
  const at = (vma: VmaFacts | undefined): string => (vma === undefined ? text.missing : hex(vma.start));
  const rows: readonly Row[] = [
    { id: "program", cell: ({ program }) => at(program), region: ({ program }) => program },
    {
      id: "brk",
      cell: ({ space }) => `${hex(space.brkStart)} + ${sizeText(space.brk - space.brkStart)}`,
      region: ({ heap }) => heap,
    },
    {
      id: "reach",
      cell: (facts) => `${roomText(facts.room.brkEnd - facts.space.brkStart)}, ${stopText(facts, text, panelText)}`,
    },
    { id: "base", cell: ({ space }) => `${hex(space.mmapBase)} ${space.topDown ? `↓ ${text.down}` : `↑ ${text.up}`}` },
    { id: "mapping", cell: ({ room }) => roomText(room.mapping.end - room.mapping.start) },
    { id: "libc", cell: ({ libc }) => at(libc), region: ({ libc }) => libc },
    { id: "vdso", cell: ({ vdso }) => at(vdso), region: ({ vdso }) => vdso },
    {
      id: "stack",
      cell: ({ stack }) => (stack === undefined ? text.missing : `${hex(stack.end)} − ${sizeText(stack.end - stack.start)}`),
      region: ({ stack }) => stack,
    },
  ];
  const regionText = ({ facts, region }: NumbersColumn): string => {
    if (!pointed || facts === null) return "";
    return region === undefined ? text.unlike : mapsLine(region).slice(0, mapsLine(region).indexOf(" ") + 5);
  };
  const pointAt = (region: NonNullable<Row["region"]>): void => {
    const column = columns.findIndex(({ facts }) => facts !== null && region(facts) !== undefined);
    const facts = columns[column]?.facts ?? null;
    const start = facts === null ? undefined : region(facts)?.start;
    if (start !== undefined) onRegion(column, start);
  };
  return (
    <table className="layouts-numbers" aria-label={text.numbers} data-testid="layouts-numbers">
      <tbody>
        <tr className="layouts-region">
          <th scope="row">{text.row.region}</th>
          {pointed ? (
            columns.map((column) => (
              <td key={column.id} className="mono" data-testid={`region-${column.id}`}>
                {regionText(column)}
              </td>
            ))
          ) : (
            <td colSpan={columns.length} className="dim">
              {text.noRegion}
            </td>
          )}
        </tr>
        {rows.map(({ id, cell, region }) => (
          <tr key={id} data-row={id}>
            <th scope="row">
              {region === undefined ? (
                text.row[id]
              ) : (
                <button type="button" onClick={() => pointAt(region)}>
                  {text.row[id]}
                </button>
              )}
            </th>
            {columns.map((column) => (
              <td key={column.id} className="mono" data-testid={`${id}-${column.id}`}>
                {column.facts === null ? "–" : cell(column.facts)}
              </td>
            ))}
          </tr>
        ))}
        <tr>
          <th scope="row">{text.row.end}</th>
          {columns.map(({ id, summary }) => (
            <td key={id} className="mono" data-testid={`end-${id}`}>
              {summary === null ? "–" : endOf(summary, text)}
            </td>
          ))}
        </tr>
      </tbody>
    </table>
  );
}
