import { describe, expect, it } from "vitest";
import { random } from "../live/random";
import { readAnswer, recordingLine } from "./answer";
import { Family } from "./family";
import { chooseCall, flavours } from "./script";

const before = `= 0x7ffff7ff6000 0 0 0 0x0
Name:	driver-amd64
VmPeak:	     800 kB
VmSize:	     796 kB
00400000-00401000 r--p 00000000 fe:00 21                            /x/driver-amd64
7ffff7ff6000-7ffff7ff7000 rw-p 00000000 00:00 0 
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]`;
const after = `= -14 1 11 2 0x7ffff7ff6000
...AA
Name:	driver-amd64
VmPeak:	     800 kB
00400000-00401000 r--p 00000000 fe:00 21                            /x/driver-amd64
7ffff7ff6000-7ffff7ff7000 r--p 00000000 00:00 0 `;

describe("the driver's answers", () => {
  it("become the lines of a recording", () => {
    const first = readAnswer(before);
    expect(first.r).toBe("0x7ffff7ff6000");
    expect(first.maps[0]).toEqual(["400000", "401000", "r--p", 0, "exe"]);
    expect(first.status.slice(0, 2)).toEqual([800, 796]);
    expect(recordingLine(3, ["pm", "0x7ffff7ff6000", "0x5000"], readAnswer(after), first.maps)).toMatchObject({
      i: 3,
      r: null,
      e: "EFAULT",
      flt: 1,
      sig: [11, 2, "0x7ffff7ff6000"],
      pm: "3.2A",
      "-": ["7ffff7ff6000"],
      "+": [["7ffff7ff6000", "7ffff7ff7000", "r--p", 0, ""]],
    });
  });
});

describe("random calls", () => {
  const { maps, status } = readAnswer(before);
  const situation = {
    maps,
    status,
    ...new Family(0x600000).situation(),
    startBrk: 0x600000,
    page0: 0x7fffffffe000,
    stackLimit: 8 << 20,
    lowest: 4096,
  };
  const script = (seed: number) => {
    const r = random(seed);
    return flavours.flatMap((flavour) =>
      Array.from({ length: 200 }, () => chooseCall(r, flavour, { ...situation, own: new Set(["400000"]), withFiles: true })),
    );
  };

  it("are the same for the same seed and never reach the driver's own mapping", () => {
    expect(script(5)).toEqual(script(5));
    expect(script(5)).not.toEqual(script(6));
    for (const [name, at = 0, bytes = 0] of script(7)) {
      if (name !== "munmap" && name !== "mprotect" && name !== "w") continue;
      expect(Number(at) + Number(bytes) <= 0x400000 || Number(at) >= 0x401000).toBe(true);
    }
  });
});
