/** A call needs its header: the one a reader would have written. */

const headers: readonly (readonly [name: string, functions: RegExp])[] = [
  ["stdlib.h", /\b(?:malloc|free|calloc|realloc|aligned_alloc|posix_memalign)\s*\(/],
  ["malloc.h", /\b(?:memalign|valloc|pvalloc|malloc_trim|mallopt|malloc_usable_size|mallinfo2|malloc_stats|malloc_info)\s*\(/],
  ["string.h", /\b(?:memcpy|memset|strcpy|strlen)\s*\(/],
];

/** The source with the headers that `statement` needs and it does not include yet, before its first include (else on top). */
export function withIncludes(source: string, statement: string): string {
  const missing = headers
    .filter(([name, functions]) => functions.test(statement) && !new RegExp(`#\\s*include\\s*<${name}>`).test(source))
    .map(([name]) => `#include <${name}>\n`)
    .join("");
  if (missing === "") return source;
  const at = Math.max(0, source.search(/^[ \t]*#[ \t]*include/m));
  return source.slice(0, at) + missing + source.slice(at);
}
