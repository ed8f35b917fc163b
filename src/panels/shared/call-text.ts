/** How a call is written: as the source would, with the names it used. */
import type { Operation } from "../../protocol/messages";

/** `malloc(24)`, `free(b)`, `realloc(a, 0x200)`. */
export function callText(operation: Operation): string {
  const first = operation.name !== "" && takesPointer(operation) ? operation.name : operation.argText[0];
  const args = [first, ...operation.argText.slice(1)].filter((text) => text !== undefined);
  return `${operation.api}(${args.join(", ")})`;
}

function takesPointer(operation: Operation): boolean {
  return operation.api === "free" || operation.api === "realloc" || operation.api === "malloc_usable_size";
}
