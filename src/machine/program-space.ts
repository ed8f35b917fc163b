/**
 * The address space of a program of any linkage under any personality, before main: execve maps the program and its loader, then vvar and
 * vdso; the loader maps its scratch pages, reads its cache (gone again, a gap stays), maps libc and, on amd64, the thread-local block.
 *
 *   top-down:   … tls │ libc │ gap │ scratch │ vvar vdso │ ld.so │ mmap_base        bottom-up: the same parts in the order of their making
 */
import { type AddressSpaceSpec, type LibrarySpec, type MappingSpec, type SegmentRow, TLS_MAPPING_BYTES } from "../abi/layouts";
import { type ExecSettings, placement } from "../abi/placement";

export type Linkage = "static" | "staticPie" | "dynamic" | "dynamicPie";

export interface ProgramFile {
  readonly path: string;
  readonly segments: readonly SegmentRow[];
}

export interface ProgramSpace {
  readonly space: AddressSpaceSpec;
  readonly programBase: number;
  /** Null for a static program. */
  readonly libcBase: number | null;
  /** The loader's scratch pages, a page of its own besides the program; null for a static program. */
  readonly scratch: number | null;
}

/** Base of programs that are linked to a fixed place. */
const fixedBase = { amd64: 0x40_0000, i386: 0x804_8000 } as const;
const SCRATCH_BYTES = 0x2000;
/** Pages of /etc/ld.so.cache as Debian has it. */
const LOADER_CACHE_BYTES = 0xb000;
const kernelPages = [
  ["[vvar]", 0x4000, "r--p"],
  ["[vvar_vclock]", 0x2000, "r--p"],
  ["[vdso]", 0x2000, "r-xp"],
] as const;

const sizeOf = (rows: readonly SegmentRow[]): number => Math.max(...rows.map(([offset, bytes]) => offset + bytes));

function segmentsAt(base: number, rows: readonly SegmentRow[], path: string, inode: number): MappingSpec[] {
  return rows.map(([offset, bytes, perms, fileOffset]) => ({
    start: base + offset,
    end: base + offset + bytes,
    perms,
    offset: fileOffset ?? 0,
    device: fileOffset === null ? "00:00" : "fe:00",
    inode: fileOffset === null ? 0 : inode,
    name: fileOffset === null ? "" : path,
  }));
}

const anonymous = (start: number, bytes: number, perms: string, name = ""): MappingSpec => ({
  start,
  end: start + bytes,
  perms,
  offset: 0,
  device: "00:00",
  inode: 0,
  name,
});

/** Neighbours alike in rights and without a file are one mapping. */
function joined(mappings: readonly MappingSpec[]): MappingSpec[] {
  const rows: MappingSpec[] = [];
  for (const mapping of mappings.toSorted((a, b) => a.start - b.start)) {
    const below = rows.at(-1);
    const alike = below?.end === mapping.start && below.name === "" && mapping.name === "" && below.perms === mapping.perms;
    if (alike && below !== undefined) rows[rows.length - 1] = { ...below, end: mapping.end };
    else rows.push(mapping);
  }
  return rows;
}

/** `loader` and `libc` do not matter to a static program. */
export function programSpace(
  settings: ExecSettings,
  linkage: Linkage,
  program: ProgramFile,
  loader: LibrarySpec,
  libc: LibrarySpec,
): ProgramSpace {
  const place = placement(settings);
  const dynamic = linkage === "dynamic" || linkage === "dynamicPie";
  const mappings: MappingSpec[] = [];
  let edge = place.mmapBase;
  /** The next place for an mmap: the first fit, while nothing has been unmapped. */
  const take = (bytes: number): number => {
    if (place.topdown) edge -= bytes;
    else edge += bytes;
    return place.topdown ? edge : edge - bytes;
  };
  const load = (library: LibrarySpec): number => {
    const base = take(sizeOf(library.segments));
    mappings.push(...segmentsAt(base, library.segments, library.path, library.inode));
    return base;
  };

  const amongMmaps = linkage === "staticPie";
  const size = sizeOf(program.segments);
  const programBase = amongMmaps ? take(size) : linkage === "dynamicPie" ? place.pieBase : fixedBase[settings.abi];
  mappings.push(...segmentsAt(programBase, program.segments, program.path, 1));
  if (dynamic) load(loader);
  let start = take(kernelPages.reduce((sum, [, bytes]) => sum + bytes, 0));
  for (const [name, bytes, perms] of kernelPages) {
    mappings.push(anonymous(start, bytes, perms, name));
    start += bytes;
  }
  let libcBase: number | null = null;
  let scratch: number | null = null;
  if (dynamic) {
    scratch = take(SCRATCH_BYTES);
    mappings.push(anonymous(scratch, SCRATCH_BYTES, "rw-p"));
    take(LOADER_CACHE_BYTES);
    libcBase = load(libc);
    if (settings.abi === "amd64") mappings.push(anonymous(take(TLS_MAPPING_BYTES), TLS_MAPPING_BYTES, "rw-p"));
  }
  mappings.push(anonymous(place.taskSize - place.stackBytes, place.stackBytes, "rw-p", "[stack]"));
  const text = program.segments.find(([, , perms]) => perms.includes("x"));
  const data = program.segments.find(([, , perms]) => perms.includes("w"));
  const startCode = programBase + (text?.[0] ?? 0);
  const startData = programBase + (data?.[0] ?? 0);
  return {
    space: {
      mappings: joined(mappings),
      taskSize: place.taskSize,
      mmapBase: place.mmapBase,
      topdown: place.topdown,
      startBrk: amongMmaps ? place.staticPieBrk : programBase + size,
      startStack: place.taskSize - 16,
      startCode,
      endCode: startCode + (text?.[1] ?? 0),
      startData,
      endData: startData,
    },
    programBase,
    libcBase,
    scratch,
  };
}
