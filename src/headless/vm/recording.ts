/** System-call recordings (docs/trace-format.md): JSON lines with a header. Plain or gzip. */
import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import * as v from "valibot";
import { InputError } from "../usage";

const mapRow = v.tuple([v.string(), v.string(), v.string(), v.number(), v.string()]);
const smapsRow = v.tupleWithRest([v.string()], v.union([v.number(), v.string(), v.null()]));

const headerSchema = v.object({
  meta: v.object({
    layout: v.string(),
    flavour: v.string(),
    seed: v.number(),
    page: v.literal(4096),
    files: v.record(v.string(), v.tuple([v.string(), v.number()])),
    rlimit_stack: v.number(),
    thp: v.optional(v.string()),
    overcommit: v.picklist([0, 1, 2]),
    /** What the recordings' machine had is the default. */
    ram_kb: v.optional(v.number()),
    max_map_count: v.optional(v.number()),
    /** As mmap places; the setting may be lower. */
    mmap_min_addr: v.optional(v.number()),
    root: v.optional(v.boolean()),
    /** Calls of the script leave marks on pages themselves, not only on their entries: fork, MADV_POPULATE. */
    marks: v.optional(v.boolean()),
    st: v.array(v.string()),
  }),
  brk: v.string(),
  page0: v.string(),
  maps: v.array(mapRow),
  st: v.array(v.number()),
});

const operationSchema = v.object({
  i: v.number(),
  op: v.tupleWithRest([v.string()], v.union([v.string(), v.number()])),
  r: v.nullable(v.union([v.string(), v.number()])),
  e: v.optional(v.string()),
  flt: v.number(),
  sig: v.optional(v.tuple([v.number(), v.number(), v.string()])),
  pm: v.optional(v.string()),
  mincore: v.optional(v.string()),
  smaps: v.optional(v.array(smapsRow)),
  text: v.optional(v.array(v.string())),
  "-": v.optional(v.array(v.string()), []),
  "+": v.optional(v.array(mapRow), []),
  st: v.array(v.number()),
});

const finalSchema = v.object({ final: v.array(mapRow) });

export type VmHeader = v.InferOutput<typeof headerSchema>;
export type VmOperation = v.InferOutput<typeof operationSchema>;
export type MapRow = v.InferOutput<typeof mapRow>;
export type SmapsRow = v.InferOutput<typeof smapsRow>;

export interface VmRecording {
  readonly header: VmHeader;
  readonly operations: readonly VmOperation[];
  /** All mappings at the end; null when the file does not say. */
  readonly final: readonly MapRow[] | null;
}

function parse<S extends v.GenericSchema>(schema: S, data: unknown, where: string): v.InferOutput<S> {
  const result = v.safeParse(schema, data);
  if (result.success) return result.output;
  throw new InputError(`${where}: ${v.getDotPath(result.issues[0]) ?? "line"}: ${result.issues[0].message}`);
}

function parseJson(line: string, where: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new InputError(`${where}: not JSON`);
  }
}

export function parseVmRecording(text: string): VmRecording {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const rows = lines.map((line, index) => ({ where: `line ${index + 1}`, data: parseJson(line, `line ${index + 1}`) }));
  const [first, ...rest] = rows;
  if (first === undefined) throw new InputError("line 1: a header is missing");
  const header = parse(headerSchema, first.data, first.where);
  const last = rest.at(-1);
  const final = v.safeParse(finalSchema, last?.data);
  const operations = (final.success ? rest.slice(0, -1) : rest).map(({ data, where }) => parse(operationSchema, data, where));
  return { header, operations, final: final.success ? final.output.final : null };
}

export async function readVmRecording(file: string): Promise<VmRecording> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new InputError(`cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  });
  const zipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return parseVmRecording((zipped ? gunzipSync(bytes) : bytes).toString("utf8"));
}
