import { expect, it } from "vitest";
import { smapsSection } from "./smaps-section";

const lines = [
  "00400000-00401000 r--p 00000000 fe:00 21                            /x/a",
  "Size:                  4 kB",
  "Rss:                   4 kB",
  "VmFlags: rd mr mw me ",
  "7ffff7dd0000-7ffff7dd3000 rw-p 00000000 00:00 0 ",
  "Size:                 12 kB",
  "Rss:                   8 kB",
  "THPeligible:           0",
  "VmFlags: rd wr mr mw me ac ",
];

it("finds the part of the mapping that starts at an address", () => {
  const section = smapsSection(lines, 0x7ffff7dd0000);
  expect([...(section?.values ?? [])]).toEqual([
    ["Size", 12],
    ["Rss", 8],
    ["THPeligible", 0],
  ]);
  expect(section?.flags).toEqual(["rd", "wr", "mr", "mw", "me", "ac"]);
  expect(smapsSection(lines, 0x400000)?.values.get("Size")).toBe(4);
  expect(smapsSection(lines, 0x401000)).toBeNull();
});
