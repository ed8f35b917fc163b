/** A helper process of checkAll: gets one file at a time and answers with its verdict, until its parent disconnects. */
import { compiledEngine } from "../engine-module";
import { createChecker } from "./check";
import type { Request } from "./check-all";

const check = createChecker(await compiledEngine());

process.on("message", ({ file }: Request) => {
  void check(file).then((verdict) => process.send?.(verdict));
});
