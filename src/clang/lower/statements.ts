import type { SourceSpan } from "../../abi/debug-info";
import type { FunctionDefinition, Statement, SwitchCase } from "../ast";
import { sizeOf } from "../types";
import { alignUp } from "../unit";
import type { Emitter, Label } from "./emitter";
import { ExpressionLowering } from "./expressions";
import { memoryKind, slotKind } from "./value-kinds";

/** Lowers one function. Returns the index of its first instruction and the bytes of its frame. */
export function lowerFunction(out: Emitter, fn: FunctionDefinition): { readonly entry: number; readonly frameBytes: number } {
  return new FunctionLowering(out, fn).run();
}

class FunctionLowering {
  private readonly expressions: ExpressionLowering;
  private readonly breaks: Label[] = [];
  private readonly continues: Label[] = [];
  private readonly caseLabels = new Map<SwitchCase, Label>();
  private readonly labels = new Map<string, Label>();

  constructor(
    private readonly out: Emitter,
    private readonly fn: FunctionDefinition,
  ) {
    this.expressions = new ExpressionLowering(out, alignUp(fn.localBytes, 8));
  }

  run() {
    const { out, fn } = this;
    const { index } = fn.symbol;
    const entry = out.emit("enter", 0, index);
    this.parameters();
    this.statement(fn.body);
    this.mark(fn.body.close);
    if (fn.symbol.name === "main") out.emit("const32", 0, 0);
    out.emit("leave", 0, index);
    const frameBytes = alignUp(this.expressions.frameBytes, 16);
    out.patch(entry, { b: frameBytes });
    return { entry, frameBytes };
  }

  private mark(span: SourceSpan): void {
    this.out.statement(span, this.fn.symbol.index);
  }

  /** Arguments arrive in slots 0… and are stored in the frame, as unoptimised code does. */
  private parameters(): void {
    const { fn } = this;
    const hidden = fn.symbol.type.returns.kind === "struct" ? fn.variables.slice(0, 1) : [];
    const all = [...hidden, ...fn.params];
    all.forEach((param, slot) => {
      if (param.storage.kind !== "local") return;
      this.expressions.store(param.storage, param.type, slot, all.length);
    });
  }

  private jumpLabel(name: string): Label {
    const known = this.labels.get(name) ?? this.out.label();
    this.labels.set(name, known);
    return known;
  }

  private statement(s: Statement): void {
    const { out, expressions: e } = this;
    switch (s.kind) {
      case "block":
        for (const item of s.body) this.statement(item);
        return;
      case "expression":
        this.mark(s.span);
        return e.effect(s.expr, 0);
      case "empty":
        return this.mark(s.span);
      case "declare":
        for (const { symbol, init, zeroFirst, span } of s.declarations) {
          if (init === null) continue;
          this.mark(s.declarations.length === 1 ? s.span : span);
          e.initialise(symbol, init, zeroFirst, 0);
        }
        return;
      case "if":
        return this.ifElse(s);
      case "while":
        return this.loop(null, s.condition, null, s.body);
      case "for":
        return this.loop(s.init, s.condition, s.step, s.body, s.span);
      case "do":
        return this.doWhile(s);
      case "switch":
        return this.switchOn(s);
      case "case":
        out.place(this.caseLabel(s.label));
        return this.statement(s.body);
      case "label":
        out.place(this.jumpLabel(s.name));
        return this.statement(s.body);
      case "goto":
        this.mark(s.span);
        return out.jump(this.jumpLabel(s.name));
      case "break":
      case "continue": {
        this.mark(s.span);
        const target = (s.kind === "break" ? this.breaks : this.continues).at(-1);
        if (target !== undefined) out.jump(target);
        return;
      }
      case "return":
        return this.returnValue(s);
    }
  }

  private ifElse(s: Extract<Statement, { kind: "if" }>): void {
    const { out } = this;
    const otherwise = out.label();
    this.mark(s.condition.span);
    this.expressions.branch(s.condition, 0, otherwise, false);
    this.statement(s.body);
    if (s.otherwise === null) return out.place(otherwise);
    const end = out.label();
    out.jump(end);
    out.place(otherwise);
    this.statement(s.otherwise);
    out.place(end);
  }

  /** while and for: condition first, the step before it on every further turn. */
  private loop(
    init: Statement | null,
    condition: Extract<Statement, { kind: "for" }>["condition"],
    step: Extract<Statement, { kind: "for" }>["step"],
    body: Statement,
    span: SourceSpan | null = null,
  ): void {
    const { out } = this;
    const [start, next, end] = [out.label(), out.label(), out.label()];
    if (init !== null) this.statement(init);
    out.place(start);
    if (condition !== null) {
      this.mark(condition.span);
      this.expressions.branch(condition, 0, end, false);
    } else if (span !== null && step === null) this.mark({ ...span, end: span.start + "for".length });
    this.breaks.push(end);
    this.continues.push(next);
    this.statement(body);
    this.breaks.pop();
    this.continues.pop();
    out.place(next);
    if (step !== null) {
      this.mark(step.span);
      this.expressions.effect(step, 0);
    }
    out.jump(start);
    out.place(end);
  }

  private doWhile(s: Extract<Statement, { kind: "do" }>): void {
    const { out } = this;
    const [start, next, end] = [out.label(), out.label(), out.label()];
    out.place(start);
    this.breaks.push(end);
    this.continues.push(next);
    this.statement(s.body);
    this.breaks.pop();
    this.continues.pop();
    out.place(next);
    this.mark(s.condition.span);
    this.expressions.branch(s.condition, 0, start, true);
    out.place(end);
  }

  private caseLabel(c: SwitchCase): Label {
    const known = this.caseLabels.get(c) ?? this.out.label();
    this.caseLabels.set(c, known);
    return known;
  }

  private switchOn(s: Extract<Statement, { kind: "switch" }>): void {
    const { out } = this;
    const end = out.label();
    this.mark(s.value.span);
    this.expressions.value(s.value, 0);
    const wide = slotKind(s.value.type) === "i64";
    for (const c of s.cases) {
      if (c.value === null) continue;
      const lo = Number(BigInt.asIntN(32, c.value));
      const hi = Number(BigInt.asIntN(32, c.value >> 32n));
      const index = wide ? out.emit("jump.equal64", 0, lo, hi) : out.emit("jump.equal32", 0, lo);
      this.caseLabel(c).uses.push({ index, field: "c" });
    }
    const fallback = s.cases.find((c) => c.value === null);
    out.jump(fallback === undefined ? end : this.caseLabel(fallback));
    this.breaks.push(end);
    this.statement(s.body);
    this.breaks.pop();
    out.place(end);
  }

  private returnValue(s: Extract<Statement, { kind: "return" }>): void {
    const { out, expressions: e, fn } = this;
    this.mark(s.span);
    const { index, type } = fn.symbol;
    if (s.value !== null) e.value(s.value, 0);
    if (s.value !== null && type.returns.kind === "struct") {
      const hidden = fn.variables[0];
      if (hidden?.storage.kind === "local") out.emit(`load.${memoryKind(hidden.type)}.local`, 1, hidden.storage.offset);
      out.emit("copy", 1, 0, sizeOf(type.returns));
      out.emit("move", 0, 1);
    }
    out.emit("leave", 0, index);
  }
}
