import { describe, expect, it } from "vitest";
import { findMallocAbi } from "../../abi/glibc-structs";
import { RECORD_BYTES, recordKind } from "../../abi/journal";
import { type KernelCallName, kernelCallNames } from "../../abi/api";
import { type KernelMarkName, kernelMarks } from "../../abi/kernel-marks";
import { marks, type MarkName } from "../../abi/marks";
import { decodeJournal } from "../../decode/journal";
import type { JournalRecords } from "../../decode/types";
import { kernelListingOf, type Listing, listingOf as listingOfRelease, type RowState } from "./listing-rows";

type Event = MarkName | KernelMarkName | KernelCallName | "end" | "write";

/** A call's journal: markers by name, and writes of one word each. Record 0 is the first event. */
function journal(...events: readonly Event[]): JournalRecords {
  const bytes = new Uint8Array(events.length * RECORD_BYTES);
  const view = new DataView(bytes.buffer);
  const addrs = new Float64Array(events.length);
  for (const [row, event] of events.entries()) {
    const mark = marks.find(({ name }) => name === event) ?? kernelMarks.find(({ name }) => name === event);
    const call = kernelCallNames.findIndex((name) => name === event);
    const kind = event === "end" ? "syscallEnd" : call >= 0 ? "syscallBegin" : (mark?.level ?? "write");
    view.setUint8(row * RECORD_BYTES, recordKind[kind]);
    view.setUint16(row * RECORD_BYTES + 2, mark?.id ?? Math.max(0, call), true);
    if (kind === "write") addrs[row] = 0x5000 + 8 * row;
  }
  return decodeJournal({ from: 0, bytes, addrs });
}

function listingOf(api: string, records: JournalRecords, cursor: number, release = "2.36"): Listing {
  const abi = findMallocAbi(release, "amd64");
  if (abi === undefined) throw new Error(release);
  return listingOfRelease(api, records, cursor, abi.features);
}

const states = (listing: Listing): Record<string, RowState> =>
  Object.fromEntries(listing.phases.map(({ row }) => [row.mark.name, row.state]));
const openLines = (listing: Listing): readonly string[] =>
  listing.phases.find((phase) => phase.open)?.lines.map((row) => `${row.mark.name} ${row.state}`) ?? [];

const small = journal(
  "Free",
  "FreeIsMmapped",
  "IntFree",
  "FreePointer",
  "FreeTryTcache",
  "FreeTcacheRoom",
  "TcachePut",
  "write",
  "write",
);

describe("the listing of a call", () => {
  it("says what is done, what is now and what never comes", () => {
    expect(states(listingOf("free", small, 4))).toMatchObject({
      Free: "done",
      IntFree: "current",
      FreeTryTcache: "notReached",
      FreeToFastbin: "notReached",
    });
    const end = listingOf("free", small, 9);
    expect(states(end)).toMatchObject({ Free: "done", IntFree: "done", FreeTryTcache: "current", FreeToFastbin: "notReached" });
  });

  it("skips the lines and phases that were passed by", () => {
    const records = journal("Free", "IntFree", "FreeTryTcache", "FreeTcacheRoom", "FreeToFastbin");
    const listing = listingOf("free", records, 5);
    expect(states(listing)).toMatchObject({ FreeTryTcache: "done", FreeToFastbin: "current" });
    expect(listing.phases.find(({ row }) => row.mark.name === "FreeTryTcache")?.lines.map((row) => row.state)).toContain(
      "skipped",
    );
  });

  it("puts the lines of helpers into the phase that called them, with the numbers of their writes", () => {
    const listing = listingOf("free", small, 8);
    expect(openLines(listing)).toContain("TcachePut current");
    const row = listing.phases.flatMap((phase) => phase.lines).find(({ mark }) => mark.name === "TcachePut");
    expect(row).toMatchObject({ writesDone: [1], writesNext: [2] });
    expect(listing).toMatchObject({ phase: 3, phaseCount: 3, write: 1, writeCount: 2, dead: false });
  });

  it("leaves out what the release does not have", () => {
    const records = journal("IntMalloc", "TryFastbin", "FastbinHit", "SmallRange", "UseTop", "TopSplit");
    const fastbin = (release: string): readonly string[] =>
      listingOf("malloc", records, 6, release)
        .phases.find(({ row }) => row.mark.name === "TryFastbin")
        ?.lines.map((row) => row.mark.name) ?? [];
    expect(fastbin("2.12.1")).toEqual(["FastbinHit", "FastbinIndex", "SmallRange"]);
    expect(fastbin("2.36")).toContain("FastbinAligned");
    expect(fastbin("2.36")).not.toContain("FastbinStashSize");
    expect(fastbin("2.42")).toContain("FastbinStashSize");
    // What came is shown whatever the release is said to have.
    expect(fastbin("2.43")).toEqual(["FastbinHit", "SmallRange"]);
  });

  it("puts what another function did behind the phase that called it", () => {
    const records = journal("Calloc", "TcacheServes", "TrySmallTcache", "SmallTcacheHit", "TcacheGetAligned", "CallocClear");
    const listing = listingOf("calloc", records, 6, "2.42");
    expect(listing.phases.map(({ row }) => row.mark.name)).toEqual(["Calloc", "TrySmallTcache"]);
    expect(listing.phases[0]?.lines.map((row) => row.mark.name)).toContain("TcacheServes");
    const freed = listingOf("free", journal("Free", "MergeForward", "MergeIntoTop", "FreeLarge"), 4);
    expect(freed.phases.find((phase) => phase.open)?.row.mark.name).toBe("MergeForward");
  });

  it("ends with the check that failed when the call aborts", () => {
    const records = journal(
      "Free",
      "IntFree",
      "FreeTryTcache",
      "FreeTcacheKey",
      "TcacheKeySearch",
      "TcacheSearchSame",
      "Abort",
      "AbortMessagePage",
      "write",
    );
    const listing = listingOf("free", records, 9);
    expect(listing).toMatchObject({ dead: true, writeCount: 0 });
    expect(states(listing)).not.toHaveProperty("Abort");
    expect(states(listing)["TcacheKeySearch"]).toBe("current");
    expect(openLines(listing)).toContain("TcacheSearchSame current");
    expect(states(listing)["FreeToFastbin"]).toBe("notReached");
  });

  it("has the kernel's part behind the line that called it, the latest of several, with a listing of its own", () => {
    const fault = ["page_fault", "UserFault", "FindVma", "AccessAllowed", "HandleFault", "end"] as const;
    const records = journal("Malloc", "brk", "Brk", "BrkSet", "end", "IntMalloc", "SmallRange", ...fault, ...fault, "UseTop");
    const before = listingOf("malloc", records, 1);
    expect(before.inner.map(({ call, visits, inside }) => [call, visits, inside])).toEqual([
      ["brk", 0, false],
      ["page_fault", 0, false],
    ]);
    // In the second fault: find_vma has answered, the rights come next.
    const within = listingOf("malloc", records, 16);
    const [brk, second] = within.inner;
    expect([brk?.after, second?.after]).toEqual(
      ["Malloc", "SmallRange"].map((name) => marks.find((mark) => mark.name === name)?.id),
    );
    expect(second).toMatchObject({ visits: 2, inside: true, records: { from: 13, count: 6 } });
    expect(states(second?.listing ?? within)).toEqual({ UserFault: "current", HandleFault: "notReached" });
    expect(openLines(second?.listing ?? within)).toEqual([
      "BelowTaskSize skipped",
      "FindVma current",
      "AccessAllowed notReached",
    ]);
    // The allocator's own rows stand still meanwhile, and its counts leave the kernel's out.
    expect(openLines(within)).toContain("SmallRange current");
    expect(within).toMatchObject({ phase: 2, phaseCount: 3 });
    // A fault of the program's own has no allocator around it.
    const alone = kernelListingOf("page_fault", journal(...fault), 6);
    expect(states(alone)).toEqual({ UserFault: "done", HandleFault: "current" });
    expect(alone.inner).toEqual([]);
  });

  it("is empty before the first marker", () => {
    expect(listingOf("free", journal(), 0).phases).toEqual([]);
    expect(Object.values(states(listingOf("free", small, 0)))).not.toContain("current");
  });
});
