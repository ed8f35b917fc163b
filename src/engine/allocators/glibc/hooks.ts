/**
 * __malloc_hook and its like, of glibc 2.33 and before: each starts out as a function that initialises malloc, clears the hook and calls
 * again. What a call does may depend on whether its hook has run.
 */
import { PROFILE_HOOKS } from "../../generated/abi";
import { readPaged, write } from "../../memory/access";

export const HOOK_MALLOC: u32 = 0;
export const HOOK_REALLOC: u32 = 1;
export const HOOK_MEMALIGN: u32 = 2;

@inline
function placeOf(hook: u32): u64 {
  return load<u64>(PROFILE_HOOKS) + <u64>hook;
}

@inline
export function hookPending(hook: u32): bool {
  return readPaged<u8>(placeOf(hook)) == 0;
}

@inline
export function runHook(hook: u32): void {
  if (hookPending(hook)) write<u8>(placeOf(hook), 1);
}
