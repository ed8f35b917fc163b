/** The decisions of find_vma as text, with their live operands; those not made yet are dim. */
import type { FindStep, FindWalk } from "../../decode/find-vma";
import type { VmaTree } from "../../decode/vma-tree-types";
import type { VmaTreeText } from "../../i18n/vma-tree";
import { hex } from "../../render/text";
import { ending, type Labels, progress } from "./names";

interface Props {
  readonly tree: VmaTree;
  readonly walk: FindWalk;
  readonly addr: number;
  readonly made: number;
  readonly text: VmaTreeText;
  readonly labels: Labels;
  readonly onStep: (made: number) => void;
}

export function Steps({ tree, walk, addr, made, text, labels, onStep }: Props) {
  const over = made >= walk.steps.length;
  return (
    <ol className="index-steps" aria-label={text.steps} data-testid="find-steps">
      {walk.steps.map((step, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place in the walk
        <li key={index} data-step={progress(index, made)} aria-current={index === made - 1 ? "step" : undefined}>
          <button type="button" className="index-step" onClick={() => onStep(index + 1)}>
            <Decision step={step} addr={addr} text={text} tree={tree} labels={labels} />
          </button>
        </li>
      ))}
      <li className="index-answer" data-step={over ? "now" : "later"}>
        <b data-testid="find-answer">{answer(tree, walk, text, labels)}</b>
        <span className="dim">{text.effort(nodesOf(walk), comparisonsOf(walk))}</span>
      </li>
    </ol>
  );
}

function nodesOf({ steps }: FindWalk): number {
  return steps.filter(({ kind }) => kind === "compare" || kind === "scan").length;
}

function comparisonsOf({ steps }: FindWalk): number {
  return steps.reduce((sum, step) => {
    if (step.kind === "scan") return sum + step.pivots.length;
    return step.kind === "compare" ? sum + (step.endAbove ? 2 : 1) : sum;
  }, 0);
}

/** The start of a VMA by its offset. */
function startOf(tree: VmaTree, vma: number): number {
  if (tree.kind === "rbtree") return tree.nodes.find((node) => node.vma === vma)?.start ?? -1;
  for (const { slots } of tree.nodes) for (const slot of slots) if (slot.vma === vma) return slot.start;
  return -1;
}

function nameOf(tree: VmaTree, vma: number, labels: Labels): string {
  const start = startOf(tree, vma);
  const label = labels.get(start);
  return label === undefined ? hex(vma) : `${label.name} ${hex(start)}–${hex(label.facts.end)}`;
}

function answer(tree: VmaTree, walk: FindWalk, text: VmaTreeText, labels: Labels): string {
  if (walk.vma === 0) return text.nothing;
  const name = nameOf(tree, walk.vma, labels);
  return walk.holds ? text.holds(name) : text.above(name);
}

interface DecisionProps {
  readonly step: FindStep;
  readonly addr: number;
  readonly text: VmaTreeText;
  readonly tree: VmaTree;
  readonly labels: Labels;
}

function Decision({ step, addr, text, tree, labels }: DecisionProps) {
  const verdict = (yes: boolean) => <b className={yes ? "index-yes" : "index-no"}>{yes ? text.yes : text.no}</b>;
  if (step.kind === "damaged") return <span className="bad-text">{text.damaged(hex(step.at))}</span>;
  if (step.kind === "next") return <span>{text.next(step.slot)}</span>;
  if (step.kind === "compare") {
    return (
      <>
        <span className="index-what">{labels.get(step.start)?.name ?? hex(step.vma)}</span>
        <span className="mono">
          {ending(addr)} &lt; vm_end {ending(step.end)} ? {verdict(step.endAbove)}
          {step.endAbove ? (
            <>
              {" · "}vm_start {ending(step.start)} ≤ {ending(addr)} ? {verdict(step.holds)}
            </>
          ) : null}
        </span>
        <span className="index-go">{step.go === "left" ? `${text.candidate}, ${text.goes.left}` : text.goes[step.go]}</span>
      </>
    );
  }
  const holds = step.leaf ? (isMapped(tree, step.node, step.slot) ? "vma" : "null") : "node";
  return (
    <>
      <span className="index-what">{step.leaf ? "maple_leaf_64" : "maple_arange_64"}</span>
      <span className="mono">
        {step.pivots.map((pivot, slot) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a pivot is its slot
          <span key={slot} className="index-pivot-test">
            {`${slot}: ${ending(addr)} ≤ ${pivot >= 2 ** 63 ? "ffff…ffff" : ending(pivot)} ? `}
            {verdict(slot === step.slot)}
          </span>
        ))}
      </span>
      <span className="index-go">{text.taken(step.slot, holds)}</span>
    </>
  );
}

function isMapped(tree: VmaTree, node: number, slot: number): boolean {
  return tree.kind === "maple" && (tree.nodes.find(({ at }) => at === node)?.slots[slot]?.vma ?? 0) !== 0;
}
