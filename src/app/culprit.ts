/** From a program that died of a bad address to the write that put the address into its pointer. */
import { faultPointer, lastStatement, nullLink } from "../decode/fault";
import { type Instant, instantKey } from "../queries";
import type { PageActions, UiStore } from "../store";
import type { QueryClient } from "@tanstack/react-query";
import type { Engine } from "./engine";

type Time = Pick<PageActions, "jumpToCulprit" | "setLevel">;

/** An abort's culprit is the controller's to find: only there glibc has said what it looked at. */
export function createCulprit(
  store: UiStore,
  engine: Pick<Engine, "seek" | "ask">,
  queries: QueryClient,
  time: Time,
): Pick<PageActions, "jumpToCulprit"> {
  return {
    async jumpToCulprit() {
      const { run } = store.getState();
      if (run?.summary.status !== "signal") {
        await time.jumpToCulprit();
        return;
      }
      const { last, debug, statements, signalAddr } = run.summary;
      await engine.seek(last);
      const instant = queries.getQueryData<Instant>(instantKey(run.id, last));
      const statement = lastStatement(run.scenario.source, debug, statements);
      const pointer =
        instant === undefined
          ? null
          : (faultPointer(statement, instant, signalAddr) ?? nullLink(statement, instant, debug, signalAddr));
      if (pointer === null) return;
      const { at } = await engine.ask({ ask: "lastWriter", addr: pointer.addr, before: last });
      if (at < 0) return;
      time.setLevel("write");
      await engine.seek(at + 1);
    },
  };
}
