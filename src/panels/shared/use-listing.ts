import { useMemo } from "react";
import type { Operation } from "../../protocol/messages";
import { SLICE_LIMIT, useOperation, useRecords } from "../../queries";
import { useUi } from "../../store";
import { type Listing, listingOf } from "./listing-rows";

export interface CallListing {
  readonly operation: Operation;
  /** False when the call is over and the cursor stands behind it. */
  readonly inside: boolean;
  /** Null while its records are on their way. */
  readonly listing: Listing | null;
  /** Only the first SLICE_LIMIT records are listed. */
  readonly cut: boolean;
}

/** The call at the cursor, or the latest one, as a listing; null before the first call. */
export function useListing(): CallListing | null {
  const call = useOperation();
  const cursor = useUi((state) => state.position?.cursor ?? 0);
  const begin = call?.operation.begin ?? 0;
  const end = call?.operation.end ?? 0;
  const records = useRecords(begin, end);
  const api = call?.operation.api ?? "none";
  const listing = useMemo(() => (records === null ? null : listingOf(api, records, cursor)), [api, records, cursor]);
  return call === null ? null : { ...call, listing, cut: end - begin > SLICE_LIMIT };
}
