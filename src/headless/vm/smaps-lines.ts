/**
 * What two texts of /proc/self/smaps can be compared by, line by line: the mappings without a file. Other mappings' lines name files, devices
 * and what other processes share with this one. Soft-dirty marks and protection keys depend on how the kernel was built and on the processor, LazyFree on when pages that were given
 * up reach their list: in batches, by processor.
 */
const header = /^[0-9a-f]+-[0-9a-f]+ \S{4} [0-9a-f]+ \S+ (\d+)\s*(.*)$/;
const ownNames: ReadonlySet<string> = new Set(["", "[heap]", "[stack]"]);

export function anonymousLines(lines: readonly string[]): readonly string[] {
  const kept: string[] = [];
  let own = false;
  for (const line of lines) {
    const [, inode, name] = header.exec(line) ?? [];
    if (inode !== undefined) own = inode === "0" && ownNames.has(name ?? "");
    if (own && !/^(ProtectionKey|LazyFree):/.test(line)) kept.push(line.replace(/^(VmFlags:.*) sd /, "$1 "));
  }
  return kept;
}
