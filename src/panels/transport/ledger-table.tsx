/** The ledger's figures at the cursor and what the last call changed. */
import type { RunSummary } from "../../protocol/messages";
import { useInstant } from "../../queries";
import { useText, useUi } from "../../store";

const group = new Intl.NumberFormat("en-US");
const spaced = (value: number): string => group.format(value).replaceAll(",", " ");

function change(delta: number, unit: number): string {
  if (delta === 0) return "=";
  const size = Math.abs(delta);
  return `${delta > 0 ? "+" : "−"}${unit === 1 ? `0x${size.toString(16)}` : spaced(size / unit)}`;
}

export function LedgerTable({ summary }: { readonly summary: RunSummary }) {
  const text = useText().transport;
  const instant = useInstant();
  const last = useUi((state) => state.position?.lastOperation ?? -1);
  const { ledger } = summary;
  const before = (series: Float64Array): number => (last > 0 ? (series[last - 1] ?? 0) : 0);
  /** When the last call began. */
  const begun = (edges: Float64Array): number => edges[2 * last + 1] ?? 0;
  const totals = instant?.heap.totals;
  const rows = [
    { key: "inuse", name: text.inUse, value: totals?.inUse ?? 0, before: before(ledger.inUse), unit: 1, line: false },
    { key: "unsorted", name: text.free, value: totals?.freeInBins ?? 0, before: before(ledger.freeInBins), unit: 1, line: false },
    { key: "top", name: text.top, value: totals?.top ?? 0, before: before(ledger.top), unit: 1, line: false },
    {
      key: "stack",
      name: text.resident,
      value: instant?.space.residentBytes ?? 0,
      before: begun(ledger.residentAt),
      unit: 1024,
      line: true,
    },
    {
      key: "mmap",
      name: text.virtual,
      value: instant?.space.virtualBytes ?? 0,
      before: begun(ledger.virtualAt),
      unit: 1024,
      line: true,
    },
  ];
  return (
    <table className="ledger-table" aria-label={text.ledger}>
      <tbody>
        {rows.map((row) => (
          <tr key={row.key}>
            <th scope="row">
              <i className={row.line ? "swatch line" : "swatch"} style={swatch(row.key, row.line)} />
              {row.name}
            </th>
            <td className="mono">
              {spaced(row.unit === 1 ? row.value : Math.round(row.value / 1024))} {row.unit === 1 ? "B" : "KiB"}
            </td>
            <td className="mono dim">{last < 0 ? "" : change(row.value - row.before, row.unit)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function swatch(key: string, line: boolean): React.CSSProperties {
  if (line) return { background: `var(--v-${key}-edge)` };
  return { background: `var(--c-${key}-fill)`, boxShadow: `inset 0 0 0 1.3px var(--c-${key}-edge)` };
}
