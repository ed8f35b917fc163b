/**
 * How one marker reads in one language. {a} and {b} stand for its operands.
 *
 *   "text"                   a phase or a step: the same before, during and after
 *   [label, live]            a step: label before it is reached, live text with operands afterwards
 *   [label, no, yes]         a decision: label before, then the text of the answer
 */
export type MarkText = string | readonly [label: string, live: string] | readonly [label: string, no: string, yes: string];

export interface MarkTexts {
  readonly en: MarkText;
  readonly zh: MarkText;
}
