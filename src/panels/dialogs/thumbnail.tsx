/** A scenario's heap in one line: its chunks in address order, drawn from a run of it. */
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import type { HeapFacts } from "../../decode/types";
import { richestHeap } from "../../queries/rehearsal";
import { roleOfCode } from "../../render/roles";
import { ensureDefs, patternUrl } from "../../render/svg/defs";
import type { Scenario } from "../../scenario";

const WIDTH = 300;
const HEIGHT = 22;
/** More chunks than this cannot be told apart. */
const CHUNKS = 60;

interface Block {
  readonly role: string;
  readonly x: number;
  readonly width: number;
}

/** Widths grow with the size, but slowly: beside top of 130 KiB a chunk of 32 bytes would be nothing. */
function blocks({ chunks }: HeapFacts): readonly Block[] {
  const rows = Array.from({ length: Math.min(CHUNKS, chunks.count) }, (_, row) => ({
    role: roleOfCode(chunks.state[row] ?? 0),
    weight: Math.log2(Math.max(16, chunks.size[row] ?? 0)) - 3,
  }));
  const whole = rows.reduce((sum, { weight }) => sum + weight, 0);
  let x = 0;
  return rows.map(({ role, weight }) => {
    const block = { role, x, width: (weight / whole) * WIDTH };
    x += block.width;
    return block;
  });
}

/** MiB. A program that uses up its RAM is at its end sooner with less of it, and its heap looks the same. */
const GLANCE_RAM = 64;

function atAGlance(scenario: Scenario): Scenario {
  const { ramMiB } = scenario.machine;
  return ramMiB === undefined ? scenario : { ...scenario, machine: { ...scenario.machine, ramMiB: GLANCE_RAM } };
}

export function Thumbnail({ scenario }: { readonly scenario: Scenario }) {
  const { data } = useQuery({
    queryKey: ["thumbnail", scenario.slug],
    queryFn: () => richestHeap(atAGlance(scenario)),
    gcTime: Number.POSITIVE_INFINITY,
  });
  useEffect(() => ensureDefs(), []);
  return (
    <svg
      className="gallery-glance"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      data-testid="thumbnail"
      data-drawn={data !== undefined}
    >
      {data === undefined || data === null
        ? null
        : blocks(data).map(({ role, x, width }) => (
            <g key={x}>
              {["fill", "pattern"].map((layer) => (
                <rect
                  key={layer}
                  x={x + 0.5}
                  y={1}
                  width={Math.max(1, width - 1)}
                  height={HEIGHT - 2}
                  rx={1.5}
                  fill={layer === "fill" ? `var(--c-${role}-fill)` : patternUrl(role)}
                  stroke={`var(--c-${role}-edge)`}
                />
              ))}
            </g>
          ))}
    </svg>
  );
}
