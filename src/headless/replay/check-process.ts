/** A helper process of checkAll: gets one file at a time and answers with its verdict, until its parent disconnects. */
import { compiledEngine } from "../engine-module";
import { createChecker } from "./check";
import type { Request } from "./check-all";

const module = await compiledEngine();
let check: ReturnType<typeof createChecker> | undefined;

process.on("message", ({ file, hashing }: Request) => {
  check ??= createChecker(module, hashing);
  void check(file).then((verdict) => process.send?.(verdict));
});
