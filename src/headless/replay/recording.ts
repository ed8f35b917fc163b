/** Heap recordings and scripts (docs/trace-format.md): JSON lines with a header, or plain script lines. Plain or gzip. */
import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import * as v from "valibot";
import { InputError } from "../usage";
import { parseOperation } from "./script";

const word = v.string();
const words = v.array(v.tuple([word, word]));

const headerSchema = v.object({
  header: v.literal(1),
  version: v.string(),
  abi: v.picklist(["amd64", "i386"]),
  page: v.literal(4096),
  heap_start: word,
  libc_base: word,
  main_arena: word,
  mp_: word,
  sizeof_malloc_state: v.number(),
  sizeof_malloc_par: v.number(),
  tcache_key: v.optional(word),
  /** Processors as glibc counted them; 2 when not given. */
  cores: v.optional(v.number()),
  maps: v.array(v.string()),
  ms: v.string(),
  mpb: v.string(),
});

const heapSchema = v.object({
  h: word,
  size: word,
  hh0: v.optional(word),
  h320: v.optional(word),
  hh: v.optional(word),
  h32: v.optional(word),
  hd: v.optional(words),
  hn: v.optional(v.number()),
  hx: v.optional(word),
});

/** Of every arena but the main one, in the order of the ring. */
const arenaSchema = v.object({
  a: word,
  top: word,
  sm: word,
  att: v.optional(v.number()),
  ah: v.optional(word),
  a32: v.optional(word),
  heaps: v.array(heapSchema),
});

/** What a fork does to the arenas: the free list's first, and of each in the order of the ring its own address, mutex, next_free, attached_threads. */
const forkSchema = v.object({ free: word, arenas: v.array(v.tuple([word, v.number(), word, v.number()])) });

const operationSchema = v.object({
  i: v.number(),
  op: v.string(),
  ret: v.optional(word),
  n: v.optional(v.number()),
  err: v.optional(v.number()),
  skipped: v.optional(v.number()),
  stderr: v.optional(v.string()),
  brk: v.optional(word),
  top: v.optional(word),
  sm: v.optional(word),
  hh: v.optional(word),
  h32: v.optional(word),
  hd: v.optional(words),
  hn: v.optional(v.number()),
  hx: v.optional(word),
  ah: v.optional(word),
  a32: v.optional(word),
  ad: v.optional(words),
  mp: v.optional(word),
  maps: v.optional(v.object({ "-": v.array(v.string()), "+": v.array(v.string()) })),
  arenas: v.optional(v.array(arenaSchema)),
  fork: v.optional(forkSchema),
  heap_len: v.optional(v.number()),
  heap_z: v.optional(v.string()),
  ms: v.optional(v.string()),
  mpb: v.optional(v.string()),
  sig: v.optional(v.string()),
  addr: v.optional(word),
  /** The process died where no handler could run: −signal, or a word on a call that never came back; the line carries no state. */
  killed: v.optional(v.union([v.number(), v.string()])),
  /** A second signal struck while the state was being written: the line holds what had been written by then. */
  nested: v.optional(v.number()),
});

export type RecordedHeap = v.InferOutput<typeof heapSchema>;
export type RecordedArena = v.InferOutput<typeof arenaSchema>;
export type RecordedFork = v.InferOutput<typeof forkSchema>;
export type RecordingHeader = v.InferOutput<typeof headerSchema>;
/** One operation with what was recorded after it; of a script only `i` and `op`. */
export type RecordedOperation = v.InferOutput<typeof operationSchema>;

export interface Recording {
  /** null: a plain script, to be run in the default process. */
  readonly header: RecordingHeader | null;
  readonly operations: readonly RecordedOperation[];
}

function issueText(line: number, issues: readonly v.BaseIssue<unknown>[]): string {
  const [issue] = issues;
  const path = issue?.path?.map((item) => String(item.key)).join(".") ?? "";
  return `line ${line}: ${path === "" ? "" : `${path}: `}${issue?.message ?? "malformed"}`;
}

function parseJson(text: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(`line ${line}: not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** An operation that cannot be read is found now, with its line. */
function checkOperation(op: string, line: number): void {
  try {
    parseOperation(op);
  } catch (error) {
    throw error instanceof InputError ? new InputError(`line ${line}: ${error.message}`) : error;
  }
}

/** Parses a file's text. Unknown fields are ignored; a malformed line is an InputError with its number. */
export function parseRecording(text: string): Recording {
  let header: RecordingHeader | null = null;
  const operations: RecordedOperation[] = [];
  const isScript = !text.trimStart().startsWith("{");
  text.split("\n").forEach((content, index) => {
    const line = index + 1;
    if (content.trim() === "") return;
    if (isScript) {
      if (content.startsWith("#")) return;
      checkOperation(content.trim(), line);
      operations.push({ i: operations.length, op: content.trim() });
      return;
    }
    const json = parseJson(content, line);
    if (header === null) {
      const parsed = v.safeParse(headerSchema, json);
      if (!parsed.success) throw new InputError(issueText(line, parsed.issues));
      header = parsed.output;
      return;
    }
    const parsed = v.safeParse(operationSchema, json);
    if (!parsed.success) throw new InputError(issueText(line, parsed.issues));
    if (parsed.output.i !== operations.length)
      throw new InputError(`line ${line}: operation ${parsed.output.i} where ${operations.length} is due`);
    checkOperation(parsed.output.op, line);
    operations.push(parsed.output);
  });
  if (!isScript && header === null) throw new InputError("line 1: no header");
  return { header, operations };
}

/** Reads a file, unpacking gzip by its magic bytes. */
export async function readRecording(file: string): Promise<Recording> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new InputError(error instanceof Error ? error.message : String(error));
  }
  try {
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) bytes = gunzipSync(bytes);
  } catch (error) {
    throw new InputError(`damaged gzip: ${error instanceof Error ? error.message : String(error)}`);
  }
  return parseRecording(bytes.toString("utf8"));
}
