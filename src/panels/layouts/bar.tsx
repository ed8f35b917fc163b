/** Over a strip's ribbon: what is large enough to be seen at true scale, how far the break can go, the longest mapping, mmap_base. */
import { memo, useEffect } from "react";
import type { LayoutsText } from "../../i18n/layouts";
import { vmaRole } from "../../render/roles";
import { arrowUrl, ensureDefs } from "../../render/svg/defs";
import type { BarReach, LayoutBar } from "../../scene/layout-bar";
import { sizeText } from "../../scene/sizes";
import type { SpaceScene } from "../../scene/strip-types";
import { roomText } from "./facts";

interface BarProps {
  readonly scene: SpaceScene;
  readonly bar: LayoutBar;
  readonly heapBytes: number;
  readonly mappingBytes: number;
  readonly kernelBytes: number;
  readonly text: LayoutsText;
}

/** Pixels of a character of the sizes beside the brackets, and how far those stand from the bar. */
const ADVANCE = 6.4;
const BRACKET = { heap: 6, mapping: 21, tick: 4 } as const;
const ARROW = 22;

function Bracket({
  kind,
  reach,
  x,
  size,
}: {
  readonly kind: "heap" | "mapping";
  readonly reach: BarReach;
  readonly x: number;
  readonly size: string;
}) {
  const { y1, y2 } = reach;
  const middle = (y1 + y2) / 2;
  return (
    <g className={`layout-reach layout-reach-${kind}`}>
      <path d={`M${x + BRACKET.tick} ${y1}H${x}V${y2}h${BRACKET.tick}`} />
      {Math.abs(y2 - y1) < size.length * ADVANCE + 4 ? null : (
        <text textAnchor="middle" transform={`translate(${x - 4} ${middle}) rotate(-90)`}>
          {size}
        </text>
      )}
    </g>
  );
}

export const Bar = memo(function Bar({ scene, bar, heapBytes, mappingBytes, kernelBytes, text }: BarProps) {
  useEffect(() => ensureDefs(document), []);
  const { x, width } = scene.ribbon;
  const centre = x + width / 2;
  const { base, kernel } = bar;
  return (
    <svg className="figure layout-bar" aria-hidden="true" width={scene.viewWidth} height={scene.viewHeight}>
      {kernel === null ? null : (
        <g data-vma="kern">
          <rect className="layout-area" x={kernel.x} y={kernel.y} width={kernel.width} height={kernel.height} rx={3} />
          {kernel.height < 8 * ADVANCE ? null : (
            <text
              className="layout-kernel"
              textAnchor="middle"
              transform={`translate(${centre + 3} ${kernel.y + kernel.height / 2}) rotate(-90)`}
            >
              {text.kernel(sizeText(kernelBytes))}
            </text>
          )}
        </g>
      )}
      {bar.areas.map(({ start, kind, ...rect }) => (
        <rect key={start} className="layout-area" data-vma={vmaRole[kind]} {...rect} />
      ))}
      <Bracket kind="heap" reach={bar.heap} x={x - BRACKET.heap} size={roomText(heapBytes)} />
      <Bracket kind="mapping" reach={bar.mapping} x={x - BRACKET.mapping} size={roomText(mappingBytes)} />
      <path className="layout-limit" d={`M${x - BRACKET.heap} ${bar.heap.y2}H${x + width + 2}`} />
      <path className="layout-base" d={`M${x} ${base.y}h${width}`} />
      <path className="layout-grow" d={`M${centre} ${base.y}v${base.direction * ARROW}`} markerEnd={arrowUrl("ink", false)} />
    </svg>
  );
});
