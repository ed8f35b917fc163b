/** Patterns and arrow heads that all SVG figures share. One hidden element per document; colours follow the theme by CSS variables. */
import { select, type Selection } from "d3";
import { PATTERN_LINE, PATTERN_OPACITY, patternTiles, TILE } from "../patterns";
import { chunkRoles, rolePattern } from "../roles";

const DEFS_ID = "figure-defs";
const GROUND_ID = "figure-ground";

/** Colours an arrow can have: a chunk role's edge, the instant, a failed check, or quiet. */
const arrowColors: readonly (readonly [string, string])[] = [
  ...chunkRoles.map((role) => [role, `var(--c-${role}-edge)`] as const),
  ["now", "var(--now)"],
  ["broken", "var(--bad)"],
  ["quiet", "var(--ink-3)"],
  ["ink", "var(--ink)"],
];

/**
 * Fill of a ground: painted, though nobody sees it. Under a whole figure it keeps the bounds of what the figure paints the same; when they
 * change, or there is nothing to paint any more, the browser sorts all layers of the page anew.
 */
export const groundUrl = `url(#${GROUND_ID})`;
export const patternUrl = (role: string): string => `url(#pattern-${role})`;
/** Solid heads for forward links, open ones for backward links. */
export const arrowUrl = (color: string, open: boolean): string => `url(#arrow-${open ? "open" : "solid"}-${color})`;

/** Lays the ground under a figure, once; it reaches beyond the edges as what stands there does, and holds a letter: whether there are any counts too. */
export function layGround(svg: SVGSVGElement): void {
  if (svg.querySelector(".figure-ground") !== null) return;
  const ground = select(svg).insert("g", ":first-child").attr("class", "figure-ground");
  ground.append("rect").attr("x", "-20%").attr("y", "-20%").attr("width", "140%").attr("height", "140%");
  ground.append("text").attr("x", "50%").attr("y", "50%").text("·");
  // Figures colour their texts by rules.
  ground.selectAll("*").style("fill", groundUrl);
}

type Defs = Selection<SVGDefsElement, unknown, null, undefined>;

function addPatterns(defs: Defs): void {
  for (const role of chunkRoles) {
    const tile = patternTiles[rolePattern[role]];
    const color = `var(--c-${role}-edge)`;
    const pattern = defs
      .append("pattern")
      .attr("id", `pattern-${role}`)
      .attr("width", TILE)
      .attr("height", TILE)
      .attr("patternUnits", "userSpaceOnUse")
      .append("g")
      .style("opacity", PATTERN_OPACITY);
    if (tile.lines !== "")
      pattern
        .append("path")
        .attr("d", tile.lines)
        .style("fill", "none")
        .style("stroke", color)
        .style("stroke-width", PATTERN_LINE);
    for (const [x, y, r] of tile.dots) pattern.append("circle").attr("cx", x).attr("cy", y).attr("r", r).style("fill", color);
  }
}

function addArrow(defs: Defs, name: string, color: string, open: boolean): void {
  const path = defs
    .append("marker")
    .attr("id", `arrow-${open ? "open" : "solid"}-${name}`)
    .attr("viewBox", "0 0 8 8")
    .attr("refX", 7)
    .attr("refY", 4)
    .attr("markerWidth", 5.4)
    .attr("markerHeight", 5.4)
    .attr("orient", "auto-start-reverse")
    .append("path")
    .attr("d", open ? "M1.2 1L7 4L1.2 7" : "M.5 .8L7.4 4L.5 7.2Z");
  if (open) path.style("fill", "none").style("stroke", color).style("stroke-width", 1.5);
  else path.style("fill", color);
}

/** Adds the shared definitions to the document unless they are there. */
export function ensureDefs(doc: Document = document): void {
  if (doc.getElementById(DEFS_ID) !== null) return;
  const svg = select(doc.body).append("svg").attr("id", DEFS_ID).attr("width", 0).attr("height", 0).attr("aria-hidden", "true");
  svg.style("position", "absolute");
  const defs: Defs = select(svg.append("defs").node() as SVGDefsElement);
  const ground = defs.append("linearGradient").attr("id", GROUND_ID);
  for (const offset of [0, 1]) ground.append("stop").attr("offset", offset).attr("stop-opacity", 0);
  addPatterns(defs);
  for (const [name, color] of arrowColors) {
    addArrow(defs, name, color, false);
    addArrow(defs, name, color, true);
  }
}
