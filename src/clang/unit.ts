import type { SourceSpan } from "../abi/debug-info";
import type { CSymbol, DataItem, FunctionDefinition, FunctionSymbol, SwitchCase, VariableSymbol } from "./ast";
import type { Reporter } from "./reporter";
import { alignOf, type CType, type FunctionType, type StructDefinition, sizeOf } from "./types";

export const alignUp = (value: number, to: number): number => Math.ceil(value / to) * to;

interface Scope {
  readonly names: Map<string, CSymbol>;
  readonly tags: Map<string, CType>;
  /** Locals declared here: their scope ends where the block does. */
  readonly locals: VariableSymbol[];
}

/** What is being gathered while one function's body is read. */
export interface FunctionContext {
  readonly symbol: FunctionSymbol;
  readonly variables: VariableSymbol[];
  localBytes: number;
  loopDepth: number;
  readonly switches: { readonly cases: SwitchCase[]; readonly type: CType }[];
  readonly labels: Set<string>;
  readonly gotos: { readonly name: string; readonly span: SourceSpan }[];
}

/** The translation unit under construction: scopes, sections and functions. */
export class Unit {
  readonly functions: FunctionDefinition[] = [];
  readonly functionSymbols: FunctionSymbol[] = [];
  readonly globals: VariableSymbol[] = [];
  readonly data: DataItem[] = [];
  readonly sectionBytes = { rodata: 0, data: 0, bss: 0 };
  /** Uses of functions, so that a missing definition can be told where it matters. */
  readonly calls: { readonly symbol: FunctionSymbol; readonly span: SourceSpan }[] = [];
  current: FunctionContext | null = null;
  private readonly scopes: Scope[] = [newScope()];
  private readonly strings = new Map<string, number>();
  private tagCount = 0;

  constructor(
    readonly reporter: Reporter,
    /** Functions of libc by name: the header that declares each. */
    readonly libcHeaders: ReadonlyMap<string, string>,
    private readonly libcType: (name: string) => FunctionType | undefined,
  ) {}

  private readonly libcSymbols = new Map<string, FunctionSymbol>();

  /** A function of libc as a header (or the program) declares it; its own prototype when nothing does. */
  libcSymbol(name: string, declared?: FunctionType): FunctionSymbol | undefined {
    if (!this.libcHeaders.has(name)) return undefined;
    const known = this.libcSymbols.get(name);
    if (known !== undefined) return known;
    const type = declared ?? this.libcType(name);
    if (type === undefined) return undefined;
    const symbol: FunctionSymbol = {
      kind: "function",
      name,
      type,
      span: { start: 0, end: 0, line: 1, column: 1 },
      index: -1,
      isDefined: true,
    };
    this.libcSymbols.set(name, symbol);
    return symbol;
  }

  get isGlobalScope(): boolean {
    return this.scopes.length === 1;
  }

  openScope(): void {
    this.scopes.push(newScope());
  }

  closeScope(end: number): void {
    for (const local of this.scopes.pop()?.locals ?? []) local.scopeEnd = end;
  }

  lookup(name: string): CSymbol | undefined {
    for (let i = this.scopes.length - 1; i >= 0; i--) {
      const found = this.scopes[i]?.names.get(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  lookupHere(name: string): CSymbol | undefined {
    return this.scopes[this.scopes.length - 1]?.names.get(name);
  }

  isTypedef(name: string): boolean {
    return this.lookup(name)?.kind === "typedef";
  }

  visibleNames(): string[] {
    return this.scopes.flatMap((scope) => [...scope.names.keys()]);
  }

  visibleTypes(): string[] {
    return this.scopes.flatMap((scope) => [...scope.names.values()].filter((s) => s.kind === "typedef").map((s) => s.name));
  }

  add(symbol: CSymbol): void {
    const scope = this.scopes[this.scopes.length - 1];
    const before = scope?.names.get(symbol.name);
    if (before !== undefined && symbol.name !== "") this.reporter.report("redeclared", symbol.span, { name: symbol.name });
    scope?.names.set(symbol.name, symbol);
    if (symbol.kind === "variable") scope?.locals.push(symbol);
  }

  /** Puts a symbol in the place of an earlier one of its name, at file scope. */
  replace(symbol: CSymbol): void {
    this.scopes[0]?.names.set(symbol.name, symbol);
  }

  lookupTag(tag: string, hereOnly: boolean): CType | undefined {
    if (hereOnly) return this.scopes[this.scopes.length - 1]?.tags.get(tag);
    for (let i = this.scopes.length - 1; i >= 0; i--) {
      const found = this.scopes[i]?.tags.get(tag);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  addTag(tag: string, type: CType): void {
    this.scopes[this.scopes.length - 1]?.tags.set(tag, type);
  }

  newStruct(tag: string, isUnion: boolean): StructDefinition {
    return {
      tag: tag === "" ? `<anonymous ${++this.tagCount}>` : tag,
      isUnion,
      complete: false,
      sizeBytes: 0,
      alignBytes: 1,
      fields: [],
    };
  }

  /** Takes room in a section. */
  place(section: "rodata" | "data" | "bss", sizeBytes: number, alignBytes: number): number {
    const offset = alignUp(this.sectionBytes[section], Math.max(alignBytes, 1));
    this.sectionBytes[section] = offset + sizeBytes;
    return offset;
  }

  /** Takes room in the current function's frame: below what is there already. Bytes from the frame pointer. */
  placeLocal(type: CType): number {
    const fn = this.current;
    if (fn === null) return 0;
    const size = sizeOf(type);
    const align = type.kind === "array" && size >= 16 ? Math.max(16, alignOf(type)) : alignOf(type);
    fn.localBytes = alignUp(fn.localBytes + size, Math.max(align, 1));
    return -fn.localBytes;
  }

  /** A string literal with its NUL; equal ones share their bytes. */
  stringLiteral(bytes: Uint8Array): number {
    const key = bytes.join(",");
    const known = this.strings.get(key);
    if (known !== undefined) return known;
    const withNul = new Uint8Array(bytes.length + 1);
    withNul.set(bytes);
    const offset = this.place("rodata", withNul.length, 1);
    this.data.push({ section: "rodata", offset, bytes: withNul, address: null });
    this.strings.set(key, offset);
    return offset;
  }

  newLocal(name: string, type: CType, span: SourceSpan): VariableSymbol {
    const storage = { kind: "local", offset: this.placeLocal(type) } as const;
    const symbol: VariableSymbol = { kind: "variable", name, type, span, storage, isDefined: true, scopeEnd: span.end };
    this.current?.variables.push(symbol);
    return symbol;
  }

  /** A global or static: in .bss until an initialiser moves it to .data. */
  newGlobal(name: string, type: CType, span: SourceSpan, isDefined: boolean): VariableSymbol {
    const symbol: VariableSymbol = {
      kind: "variable",
      name,
      type,
      span,
      isDefined,
      scopeEnd: Number.MAX_SAFE_INTEGER,
      storage: { kind: "section", section: "bss", offset: -1 },
    };
    this.globals.push(symbol);
    return symbol;
  }

  moveTo(symbol: VariableSymbol, section: "data" | "bss"): void {
    const offset = this.place(section, sizeOf(symbol.type), sizeOf(symbol.type) >= 32 ? 32 : alignOf(symbol.type));
    symbol.storage = { kind: "section", section, offset };
  }

  declareFunction(name: string, type: FunctionType, span: SourceSpan): FunctionSymbol {
    const symbol: FunctionSymbol = { kind: "function", name, type, span, index: this.functionSymbols.length, isDefined: false };
    this.functionSymbols.push(symbol);
    return symbol;
  }
}

function newScope(): Scope {
  return { names: new Map(), tags: new Map(), locals: [] };
}
