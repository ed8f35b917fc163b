/** Every change in the history, shown by its program under the release before and the one that brought it. */
import { beforeAll, expect, test } from "vitest";
import { history } from "../../abi/history";
import { neighbour, offeredReleases } from "../../abi/releases";
import { releases } from "../../abi/glibc-features";
import { historyPrograms, historyScenario } from "../../scenario/history/programs";
import { loadEngine } from "../../headless/engine-module";
import type { Host } from "../time/host";
import { createScenarioHost } from "../time/load";
import { compareMachines } from "./compare";

let host: Host;
beforeAll(async () => {
  const engine = await loadEngine();
  host = createScenarioHost(() => engine);
}, 120_000);

const shown = history
  .filter(({ id }) => historyPrograms[id].abi === undefined)
  .map((entry) => {
    // A change of a release that is not offered shows in the next one that is.
    const at = releases.indexOf(entry.release);
    const release = offeredReleases.find((info) => releases.indexOf(info.release) >= at)?.release ?? "2.43";
    return { id: entry.id, release, before: neighbour(release, -1) ?? release };
  });

test.each(shown)(
  "$id parts $before and $release",
  async ({ id, before, release }) => {
    const scenario = historyScenario(id);
    const result = await compareMachines(
      {
        host,
        run: async (timeline, enough) => {
          timeline.setBudget(400_000);
          while (timeline.slice(50_000) === null && !enough()) continue;
          return true;
        },
      },
      scenario,
      [
        { ...scenario.machine, glibc: before },
        { ...scenario.machine, glibc: release },
      ],
    );
    if (!result.ok) throw new Error(JSON.stringify(result.problem));
    const { divergence, a, b } = result.value;
    if (historyPrograms[id].quiet === true) {
      expect([a.status, b.status]).toEqual(["exited", "exited"]);
      return;
    }
    expect(divergence).not.toBeNull();
    expect(divergence?.explanation).toMatchObject({ before, release });
    expect(divergence?.explanation?.entries).toContain(id);
  },
  60_000,
);
