import { kernelCallNames } from "../../abi/api";
import type { JournalRecords } from "../../decode/types";
import { kernelCallAt, SLICE_LIMIT, useInstant, useMoment, useOperation, useRecords } from "../../queries";
import { callText } from "./call-text";
import type { Listing } from "./listing-rows";
import { useMarkWords } from "./mark-text";
import { useAlgorithm } from "./use-algorithm";

export interface CallListing {
  /** How the call is written: the program's, or the kernel's. */
  readonly name: string;
  /** False when the call is over and the cursor stands behind it. */
  readonly inside: boolean;
  /** Null while its records, or the algorithm, are on their way. */
  readonly listing: Listing | null;
  /** Only the first SLICE_LIMIT records are listed. */
  readonly cut: boolean;
}

interface Kept {
  readonly name: string;
  readonly cursor: number;
  readonly of: unknown;
  readonly listing: Listing;
}

/** The latest listing of each call: the panel and the transport show the same one. */
const latest = new WeakMap<JournalRecords, Kept>();

/** `of`: what else the listing depends on. */
function listingAt(name: string, records: JournalRecords, cursor: number, of: unknown, make: () => Listing): Listing {
  const kept = latest.get(records);
  if (kept?.name === name && kept.cursor === cursor && kept.of === of) return kept.listing;
  const listing = make();
  latest.set(records, { name, cursor, of, listing });
  return listing;
}

/** The call at the cursor, or the latest one, as a listing: the allocator's, or the kernel's outside of any; null before the first. */
export function useListing(): CallListing | null {
  const call = useOperation();
  const algorithm = useAlgorithm();
  const words = useMarkWords();
  const { position, run } = useMoment();
  const features = useInstant()?.abi.features ?? null;
  const kernel = run === null || position === null ? null : kernelCallAt(run.summary, position);
  const { begin, end } = kernel ?? call?.operation ?? { begin: 0, end: 0 };
  const records = useRecords(begin, end);
  if (call === null && kernel === null) return null;
  const cursor = position?.cursor ?? 0;
  const ready = records !== null && algorithm !== null && features !== null;
  const cut = end - begin > SLICE_LIMIT;
  if (kernel !== null) {
    const name = kernelCallNames[kernel.call] ?? "none";
    const make = ready ? () => algorithm.kernelListingOf(name, records, cursor) : null;
    const title = records === null ? words.kernelCall(kernel.call) : words.kernelCall(kernel.call, records.a[0], records.b[0]);
    return {
      name: title,
      inside: kernel.inside,
      cut,
      listing: make && ready ? listingAt(name, records, cursor, null, make) : null,
    };
  }
  if (call === null) return null;
  const { api } = call.operation;
  const make = ready ? () => algorithm.listingOf(api, records, cursor, features) : null;
  const listing = make && ready ? listingAt(api, records, cursor, features, make) : null;
  return { name: callText(call.operation), inside: call.inside, cut, listing };
}
