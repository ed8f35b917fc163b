/** Raw deflate with the platform's own streams (browsers and Node), and base64url. */
import { fail, ok, type Result } from "../base";

/** Runs bytes through a stream; gives up as soon as more than `limit` bytes have come out, before the rest is even produced. */
async function pump(
  bytes: Uint8Array<ArrayBuffer>,
  stream: CompressionStream | DecompressionStream,
  limit: number,
): Promise<Result<Uint8Array<ArrayBuffer>, "damaged" | "tooLarge">> {
  const writer = stream.writable.getWriter();
  // A damaged stream rejects the writes as well; the reader below is the one that reports it.
  const written = writer.write(bytes).then(
    () => writer.close(),
    () => undefined,
  );
  written.catch(() => undefined);
  const reader = stream.readable.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      length += value.byteLength;
      if (length > limit) {
        await reader.cancel().catch(() => undefined);
        return fail("tooLarge");
      }
      parts.push(value);
    }
  } catch {
    return fail("damaged");
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return ok(whole);
}

export async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const packed = await pump(bytes, new CompressionStream("deflate-raw"), Number.POSITIVE_INFINITY);
  if (!packed.ok) throw new Error("the platform's deflate failed");
  return packed.value;
}

/** Inflates at most `limit` bytes: a few hundred characters can stand for gigabytes. */
export function inflate(
  bytes: Uint8Array<ArrayBuffer>,
  limit: number,
): Promise<Result<Uint8Array<ArrayBuffer>, "damaged" | "tooLarge">> {
  return pump(bytes, new DecompressionStream("deflate-raw"), limit);
}

export function toBase64Url(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x2000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x2000));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** `null` when the text is not base64url. */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return null;
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
