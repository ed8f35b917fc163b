/** Checks system-call recordings: each one played to its end, every line compared. */
import type { KernelRelease } from "../../abi/linux";
import type { Verdict } from "../replay/check";
import { InputError } from "../usage";
import { createVmHost } from "./host";
import { createVmPlayer } from "./player";
import { readVmRecording, type VmHeader, type VmOperation, type VmRecording } from "./recording";

export interface Difference {
  readonly field: string;
  readonly expected: string;
  readonly got: string;
}

const fields = ["r", "e", "sig", "-", "+", "flt", "pm", "mincore"] as const;

function different(field: string, expected: unknown, got: unknown): Difference | null {
  const [a, b] = [JSON.stringify(expected) ?? "nothing", JSON.stringify(got) ?? "nothing"];
  return a === b ? null : { field, expected: a, got: b };
}

/** The first field in which two lines differ. */
export function firstDifference(header: VmHeader, expected: VmOperation, got: VmOperation): Difference | null {
  for (const field of fields) {
    const found = different(field, expected[field], got[field]);
    if (found !== null) return found;
  }
  for (const [index, name] of header.meta.st.entries()) {
    const found = different(name, expected.st[index], got.st[index]);
    if (found !== null) return found;
  }
  for (const [index, row] of (expected.smaps ?? []).entries()) {
    const found = different("smaps", row, got.smaps?.[index]);
    if (found !== null) return found;
  }
  const [text, ours] = [comparable(header, expected.text), comparable(header, got.text)];
  for (const [index, line] of text.entries()) {
    const found = different("text", line, ours[index]);
    if (found !== null) return { ...found, expected: `${found.expected} after ${text[index - 1] ?? "the beginning"}` };
  }
  return different("smaps", expected.smaps?.length, got.smaps?.length);
}

/** Referenced counts marks of the page itself too, which are not simulated: MADV_POPULATE makes them, and fork keeps them. */
function comparable({ meta }: VmHeader, lines: readonly string[] = []): readonly string[] {
  return meta.marks === true ? lines.filter((line) => !line.startsWith("Referenced:")) : lines;
}

/** Checks files one after the other, in one memory. */
export function createVmChecker(kernel: KernelRelease): (file: string) => Promise<Verdict> {
  const host = createVmHost();
  return async (file) => {
    const broken = (operations: number, message: string): Verdict => {
      return { operations, equal: 0, failed: true, line: `${file}: ${message}` };
    };
    let operations = 0;
    try {
      const recording = await readVmRecording(file);
      operations = recording.operations.length;
      return { ...checkOne(createVmPlayer(host.restart(), recording.header, kernel), recording, file), operations };
    } catch (error) {
      return broken(operations, error instanceof InputError ? error.message : `simulator: ${String(error)}`);
    }
  };
}

function checkOne(player: ReturnType<typeof createVmPlayer>, recording: VmRecording, file: string): Omit<Verdict, "operations"> {
  let equal = 0;
  let first: string | null = null;
  for (const expected of recording.operations) {
    const difference = firstDifference(recording.header, expected, player.play(expected));
    if (difference === null) equal++;
    else
      first ??= `operation ${expected.i} (${expected.op.join(" ")}): ${difference.field}: expected ${difference.expected}, got ${difference.got}`;
  }
  const end = recording.final === null ? null : different("final maps", recording.final, player.maps());
  if (end !== null) first ??= `${end.field}: expected ${end.expected}, got ${end.got}`;
  const { length } = recording.operations;
  return { equal, failed: first !== null, line: `${file}: ${first ?? `${length} operations, ${equal} equal`}` };
}
