import type { Feature } from "../../abi/glibc-features";
import type { JournalRecords } from "../../decode/types";
import type { Operation } from "../../protocol/messages";
import { SLICE_LIMIT, useInstant, useMoment, useOperation, useRecords } from "../../queries";
import type { Listing, listingOf } from "./listing-rows";
import { useAlgorithm } from "./use-algorithm";

export interface CallListing {
  readonly operation: Operation;
  /** False when the call is over and the cursor stands behind it. */
  readonly inside: boolean;
  /** Null while its records, or the algorithm, are on their way. */
  readonly listing: Listing | null;
  /** Only the first SLICE_LIMIT records are listed. */
  readonly cut: boolean;
}

interface Kept {
  readonly api: string;
  readonly cursor: number;
  readonly features: ReadonlySet<Feature>;
  readonly listing: Listing;
}

/** The latest listing of each call: the panel and the transport show the same one. */
const latest = new WeakMap<JournalRecords, Kept>();

function listingAt(
  make: typeof listingOf,
  api: string,
  records: JournalRecords,
  cursor: number,
  features: ReadonlySet<Feature>,
): Listing {
  const kept = latest.get(records);
  if (kept?.api === api && kept.cursor === cursor && kept.features === features) return kept.listing;
  const listing = make(api, records, cursor, features);
  latest.set(records, { api, cursor, features, listing });
  return listing;
}

/** The call at the cursor, or the latest one, as a listing; null before the first call. */
export function useListing(): CallListing | null {
  const call = useOperation();
  const algorithm = useAlgorithm();
  const cursor = useMoment().position?.cursor ?? 0;
  const begin = call?.operation.begin ?? 0;
  const end = call?.operation.end ?? 0;
  const records = useRecords(begin, end);
  const features = useInstant()?.abi.features ?? null;
  const api = call?.operation.api ?? "none";
  const ready = records !== null && algorithm !== null && features !== null;
  const listing = ready ? listingAt(algorithm.listingOf, api, records, cursor, features) : null;
  return call === null ? null : { ...call, listing, cut: end - begin > SLICE_LIMIT };
}
