/**
 * Links and files. A link is the page's address with a hash
 *
 *   #s=1.<base64url of deflate-raw of the JSON document>
 *       └ version of this packing; the document has its own (src/scenario/schema.ts)
 *
 * so nothing of it is ever sent to a server. A file (.heapglass.json) is the same document as plain, indented JSON.
 */
import { fail, ok, type Result } from "../base";
import { deflate, fromBase64Url, inflate, toBase64Url } from "./deflate";
import { fromDocument, type Shared, type ShareProblem, toDocument } from "./schema";

const PACKING = 1;
/** Bytes of JSON a link or file may hold. */
export const DOCUMENT_LIMIT_BYTES = 1 << 20;
/** Characters of a link's hash that are looked at: more than the limit could ever need. */
const HASH_LIMIT = 2 << 20;
/** Longer links fail in some mail and chat programs: offer a file instead. */
export const LINK_COMFORT_CHARACTERS = 8192;

export const FILE_SUFFIX = ".heapglass.json";

/** The hash of a link, with its `#`. */
export async function encodeHash(shared: Shared): Promise<string> {
  const json = JSON.stringify(toDocument(shared));
  return `#s=${PACKING}.${toBase64Url(await deflate(new TextEncoder().encode(json)))}`;
}

/** Opens a link's hash. Total: any string gives a scenario or a problem, in bounded time and memory. */
export async function decodeHash(hash: string): Promise<Result<Shared, ShareProblem>> {
  if (hash.length > HASH_LIMIT) return fail({ code: "tooLarge", limit: HASH_LIMIT });
  // Mail programs append punctuation to links; some add query-like parameters of their own.
  const match = /^#?s=(\d{1,6})\.([^&]*?)[.,;:)>\]]*(?:&.*)?$/s.exec(hash);
  if (match === null) return fail({ code: "damaged" });
  const [, packing = "", body = ""] = match;
  if (Number(packing) > PACKING) return fail({ code: "tooNew", version: Number(packing) });
  if (Number(packing) !== PACKING) return fail({ code: "damaged" });
  const packed = fromBase64Url(body);
  if (packed === null) return fail({ code: "damaged" });
  const bytes = await inflate(packed, DOCUMENT_LIMIT_BYTES);
  if (!bytes.ok)
    return bytes.problem === "tooLarge" ? fail({ code: "tooLarge", limit: DOCUMENT_LIMIT_BYTES }) : fail({ code: "damaged" });
  return parse(bytes.value);
}

/** A file's text. */
export function encodeFile(shared: Shared): string {
  return `${JSON.stringify(toDocument(shared), null, 2)}\n`;
}

/** Opens a file's bytes. Total, like `decodeHash`. */
export function decodeFile(bytes: Uint8Array): Result<Shared, ShareProblem> {
  if (bytes.byteLength > DOCUMENT_LIMIT_BYTES) return fail({ code: "tooLarge", limit: DOCUMENT_LIMIT_BYTES });
  return parse(bytes);
}

function parse(bytes: Uint8Array): Result<Shared, ShareProblem> {
  const json = parseJson(bytes);
  return json.ok ? fromDocument(json.value) : json;
}

function parseJson(bytes: Uint8Array): Result<unknown, ShareProblem> {
  try {
    return ok(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  } catch {
    return fail({ code: "damaged" });
  }
}
