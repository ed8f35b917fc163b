/** What the driver prints after each call, read into a recording's fields (docs/trace-format.md). */
import path from "node:path";
import { errno } from "../../src/abi/linux";
import { anonymousLines } from "../../src/headless/vm/smaps-lines";
import type { MapRow, SmapsRow, VmOperation } from "../../src/headless/vm/recording";

/** Lines of /proc/self/status that a recording keeps, in its order. */
export const statusNames = [
  "VmPeak",
  "VmSize",
  "VmRSS",
  "RssAnon",
  "RssFile",
  "RssShmem",
  "VmData",
  "VmStk",
  "VmExe",
  "VmLib",
  "VmPTE",
] as const;

const smapsNames = ["Rss", "Pss", "Shared_Clean", "Shared_Dirty", "Private_Clean", "Private_Dirty", "Anonymous", "AnonHugePages"];
/** Their pages are shared with every other process. */
const shares: ReadonlySet<string> = new Set(smapsNames.slice(1, 6));
const errnoNames: ReadonlyMap<number, string> = new Map(Object.entries(errno).map(([name, code]) => [code, name]));

export interface Answer {
  readonly r: number | string | null;
  readonly e?: string;
  readonly flt: number;
  readonly sig?: [number, number, string];
  readonly status: number[];
  readonly maps: readonly MapRow[];
  /** What the call itself reported, a line each. */
  readonly report: readonly string[];
}

const mapLine = /^([0-9a-f]+)-([0-9a-f]+) (\S{4}) ([0-9a-f]+) \S+ \d+\s*(.*)$/;

/** One line of maps; the driver's own file is "exe", the files go by their names. Null: not a mapping, or not one of the process's. */
function mapRow(line: string): MapRow | null {
  const match = mapLine.exec(line);
  if (match === null) return null;
  const [, start = "", end = "", perms = "", offset = "", name = ""] = match;
  if (name === "[vsyscall]") return null;
  const file = name.startsWith("/") && !name.startsWith("/dev/zero") ? path.basename(name) : name;
  return [
    start.replace(/^0+/, ""),
    end.replace(/^0+/, ""),
    perms,
    Number.parseInt(offset, 16),
    file.startsWith("driver") ? "exe" : file,
  ];
}

/** The driver's answer without the line that ends it. */
export function readAnswer(text: string): Answer {
  const [first = "", ...lines] = text.split("\n");
  const [, result = "", faults = "", signal = "", code = "", at = ""] = first.split(" ");
  const begin = lines.indexOf(lines.find((line) => line.startsWith("Name:\t")) ?? "");
  const facts = new Map(
    lines.slice(begin).map((line) => [line.split(":")[0] ?? "", Number.parseInt(line.slice(line.indexOf(":") + 1), 10)]),
  );
  const maps = lines
    .slice(begin)
    .map(mapRow)
    .filter((row) => row !== null);
  const number = Number(result);
  const failed = result.startsWith("-");
  return {
    r: failed ? null : result.startsWith("0x") ? result : number,
    ...(failed ? { e: errnoNames.get(-number) ?? String(-number) } : {}),
    flt: Number(faults),
    ...(signal === "0" ? {} : { sig: [Number(signal), Number(code), at] }),
    status: statusNames.map((name) => facts.get(name) ?? Number.NaN),
    maps,
    report: lines.slice(0, begin),
  };
}

const runLengths = (text: string): string => text.replaceAll(/(.)\1*/g, (run) => `${run.length}${run.charAt(0)}`);

/** /proc/self/smaps as a recording's rows. Soft-dirty marks depend on how the kernel was built. */
function smapsRows(lines: readonly string[]): SmapsRow[] {
  const rows: SmapsRow[] = [];
  let [row, special]: [SmapsRow | null, boolean] = [null, false];
  for (const line of lines) {
    if (mapLine.test(line)) {
      const map = mapRow(line);
      special = map !== null && (map[4] === "[vdso]" || map[4].startsWith("[vvar"));
      row = map === null ? null : [map[0]];
      if (row !== null) rows.push(row);
      continue;
    }
    const [name = "", value = ""] = line.split(/:\s*/);
    if (smapsNames.includes(name)) row?.push(special && shares.has(name) ? null : Number.parseInt(value, 10));
    if (name === "VmFlags")
      row?.push(
        value
          .trim()
          .split(" ")
          .filter((flag) => flag !== "sd")
          .join(" "),
      );
  }
  return rows;
}

/** The recording's line for one operation. */
export function recordingLine(i: number, op: VmOperation["op"], answer: Answer, before: readonly MapRow[]): VmOperation {
  const key = (row: MapRow): string => row.join(" ");
  const [old, now] = [new Set(before.map(key)), new Set(answer.maps.map(key))];
  const [report = ""] = answer.report;
  return {
    i,
    op,
    r: answer.r,
    ...(answer.e === undefined ? {} : { e: answer.e }),
    flt: answer.flt,
    ...(answer.sig === undefined ? {} : { sig: answer.sig }),
    ...(op[0] === "pm" ? { pm: runLengths(report) } : {}),
    ...(op[0] === "mincore" && answer.r !== null ? { mincore: report } : {}),
    ...(op[0] === "smaps" ? { smaps: smapsRows(answer.report), text: [...anonymousLines(answer.report)] } : {}),
    "-": before.filter((row) => !now.has(key(row))).map(([start]) => start),
    "+": answer.maps.filter((row) => !old.has(key(row))),
    st: answer.status,
  };
}
