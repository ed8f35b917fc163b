import type { Library } from "../clang/compile";
import type { LibcFunctions } from "../clang/libc-call";
import { functionHeaders, headers } from "./headers";
import { mallocFunctions } from "./malloc";
import { mathFunctions, stdlibFunctions } from "./stdlib";
import { stdioFunctions } from "./stdio";
import { ctypeFunctions, stringFunctions } from "./string";

/** What the compiler must know of libc. */
export const library: Library = { headers, functions: functionHeaders };

/** What the interpreter calls. */
export const libcFunctions: LibcFunctions = new Map(
  Object.entries({ ...mallocFunctions, ...stdioFunctions, ...stringFunctions, ...ctypeFunctions, ...stdlibFunctions, ...mathFunctions }),
);
