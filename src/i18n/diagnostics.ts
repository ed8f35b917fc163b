/**
 * What the C front end says, in both languages: what is wrong, then what to do. `{name}` stands for a parameter of the diagnostic
 * (src/abi/diagnostic-codes.ts); `[…{suggestion}…]` is left out when the parameter in it is empty.
 */
import type { Diagnostic } from "../abi/debug-info";
import type { DiagnosticCode, MachineDiagnosticCode } from "../abi/diagnostic-codes";

import type { Locale } from "./locale";

export interface DiagnosticText {
  readonly en: string;
  readonly zh: string;
}

export const diagnosticTexts: Readonly<Record<DiagnosticCode | MachineDiagnosticCode, DiagnosticText>> = {
  "unknown-character": {
    en: "‘{char}’ has no meaning in C. Remove it; quotes and punctuation copied from a document are often the wrong characters.",
    zh: "C 中没有“{char}”这个字符。请删除它；从文档复制来的引号和标点常常是全角字符。",
  },
  "unterminated-string": {
    en: 'This string has no closing ". Close it on the same line.',
    zh: '字符串缺少结尾的 "。请在同一行内补上。',
  },
  "unterminated-char": { en: "This character constant has no closing '. Close it.", zh: "字符常量缺少结尾的 '。请补上。" },
  "empty-char": {
    en: "A character constant needs a character between the quotes, e.g. 'a' or '\\0'.",
    zh: "字符常量的引号之间必须有一个字符，例如 'a' 或 '\\0'。",
  },
  "unterminated-comment": { en: "This comment never ends. Close it with */.", zh: "注释没有结束。请用 */ 结束它。" },
  "bad-number": {
    en: "“{text}” is not a number in C. Check its digits and suffix.",
    zh: "“{text}” 不是合法的 C 数字。请检查数字和后缀。",
  },
  "bad-escape": {
    en: "Unknown escape sequence “{text}”; it is ignored. Write \\\\ for a backslash.",
    zh: "未知的转义序列“{text}”，已忽略。反斜杠本身写作 \\\\。",
  },
  "unknown-header": {
    en: "There is no header <{name}> here.[ Did you mean <{suggestion}>?] Remove the line, or use one of the supported headers.",
    zh: "没有头文件 <{name}>。[是不是 <{suggestion}>？]请删除这一行，或改用已支持的头文件。",
  },
  "bad-directive": {
    en: "“{text}” is not a complete preprocessor directive. Correct or remove it.",
    zh: "“{text}” 不是完整的预处理指令。请更正或删除。",
  },
  "unterminated-if": { en: "This #if has no #endif. Add one.", zh: "这个 #if 缺少 #endif。请补上。" },
  "stray-directive": { en: "{text} without an #if before it. Remove it.", zh: "{text} 前面没有对应的 #if。请删除。" },
  "macro-arguments": {
    en: "Macro {name} takes {expected} arguments, but is given {got}. Give it {expected}.",
    zh: "宏 {name} 需要 {expected} 个参数，却给了 {got} 个。请改为 {expected} 个。",
  },
  "error-directive": {
    en: "#error: {text}. The program itself refuses to be compiled here; change the condition around it.",
    zh: "#error:{text}。程序自己拒绝在此编译；请修改外面的条件。",
  },
  expected: {
    en: "Expected “{expected}”[ before “{got}”]. Insert it here.",
    zh: "此处应为“{expected}”[,而不是“{got}”]。请补上。",
  },
  "expected-semicolon": { en: "A ; is missing after this. Add it.", zh: "这后面缺少分号 ;。请补上。" },
  "expected-expression": {
    en: "An expression is missing here[, before “{got}”]. Write a value, a variable or a call.",
    zh: "此处缺少表达式[（在“{got}”之前）]。请写一个值、变量或函数调用。",
  },
  unclosed: {
    en: "This {open} is never closed. Add the missing {expected}.",
    zh: "这个 {open} 没有闭合。请补上缺少的 {expected}。",
  },
  "unknown-type": {
    en: "“{name}” is not a type.[ Did you mean “{suggestion}”?] Include the header that defines it, or define it above.",
    zh: "“{name}” 不是类型。[是不是“{suggestion}”？]请包含定义它的头文件，或在前面定义它。",
  },
  "expected-declaration": {
    en: "Only declarations and functions may stand here[, not “{got}”]. Move statements into a function; check for a } too many.",
    zh: "此处只能是声明或函数[,不能是“{got}”]。语句要写在函数里；也请检查是否多了一个 }。",
  },
  "nested-too-deep": {
    en: "Nested more than {limit} levels deep. Split this into smaller parts.",
    zh: "嵌套超过 {limit} 层。请拆成更小的部分。",
  },
  "program-too-large": { en: "The program is too large (limit {limit}). Shorten it.", zh: "程序太大（上限 {limit}）。请缩短。" },
  undeclared: {
    en: "“{name}” is not declared.[ Did you mean “{suggestion}”?] Declare it before using it.",
    zh: "“{name}” 没有声明。[是不是“{suggestion}”？]请先声明再使用。",
  },
  "undeclared-function": {
    en: "There is no function “{name}”.[ Did you mean “{suggestion}”?] Define it above, or use a supported library function.",
    zh: "没有函数“{name}”。[是不是“{suggestion}”？]请在前面定义它，或使用已支持的库函数。",
  },
  "missing-header": {
    en: "“{name}” is used without its header. Add #include <{header}>.",
    zh: "使用了“{name}”但没有包含它的头文件。请添加 #include <{header}>。",
  },
  redeclared: {
    en: "“{name}” is already declared in this scope. Choose another name or remove one declaration.",
    zh: "“{name}” 在这个作用域中已经声明过。请换个名字，或删掉其中一个声明。",
  },
  "function-redefined": {
    en: "Function “{name}” is defined twice. Remove one definition.",
    zh: "函数“{name}” 定义了两次。请删掉一个。",
  },
  "undefined-name": {
    en: "“{name}” is declared but never defined. Add its definition.",
    zh: "“{name}” 有声明但没有定义。请补上定义。",
  },
  "unknown-label": {
    en: "There is no label “{name}:” in this function. Add it or correct the name.",
    zh: "这个函数里没有标号“{name}:”。请添加，或更正名字。",
  },
  "no-main": {
    en: "The program has no main function. Add int main(void) { … }.",
    zh: "程序没有 main 函数。请添加 int main(void) { … }。",
  },
  "incomplete-type": {
    en: "“{type}” is not complete here: its size is unknown. Define it before this line, or use a pointer to it.",
    zh: "“{type}” 在此处是不完整类型，大小未知。请在前面给出定义，或改用指针。",
  },
  "no-member": {
    en: "“{type}” has no member “{name}”.[ Did you mean “{suggestion}”?] Check its definition.",
    zh: "“{type}” 没有成员“{name}”。[是不是“{suggestion}”？]请检查它的定义。",
  },
  "not-a-struct": {
    en: "“{type}” is not a struct or union, so it has no members. Check the expression before the dot.",
    zh: "“{type}” 不是结构体或联合体，没有成员。请检查点号前面的表达式。",
  },
  "use-arrow": {
    en: "“{type}” is a pointer. Write ->{name} instead of .{name}.",
    zh: "“{type}” 是指针。请写 ->{name} 而不是 .{name}。",
  },
  "not-a-pointer": {
    en: "A value of type “{type}” cannot be dereferenced or indexed. Use a pointer or an array.",
    zh: "“{type}” 类型的值不能解引用或取下标。请使用指针或数组。",
  },
  "not-a-function": {
    en: "“{type}” is not a function and cannot be called. Check the name before the parenthesis.",
    zh: "“{type}” 不是函数，不能调用。请检查括号前面的名字。",
  },
  "not-assignable": {
    en: "This cannot be assigned to: it is not an object in memory. Put a variable, *pointer or member on the left.",
    zh: "不能给它赋值：它不是内存中的对象。左边请写变量、*指针或成员。",
  },
  "assign-const": {
    en: "This is const (“{type}”) and cannot be changed. Remove the const or the assignment.",
    zh: "它是 const(“{type}”),不能修改。请去掉 const 或这次赋值。",
  },
  "not-addressable": {
    en: "& needs an object in memory; this is only a value. Store it in a variable first.",
    zh: "& 需要内存中的对象，而这只是一个值。请先存入变量。",
  },
  "void-value": {
    en: "This call returns nothing, so its value cannot be used. Call it as a statement of its own.",
    zh: "这个调用没有返回值，不能使用它的值。请把它单独写成一条语句。",
  },
  "invalid-operands": {
    en: "“{op}” cannot combine “{left}” and “{right}”. Convert one of them, or check the types.",
    zh: "“{op}” 不能用于“{left}”和“{right}”。请转换其中之一，或检查类型。",
  },
  "invalid-operand": {
    en: "“{op}” cannot be applied to “{type}”. Check the type of the operand.",
    zh: "“{op}” 不能用于“{type}”。请检查操作数的类型。",
  },
  "incompatible-types": {
    en: "A “{from}” cannot become a “{to}”. Change one of the types.",
    zh: "“{from}” 不能转换为“{to}”。请修改其中一个类型。",
  },
  "invalid-cast": {
    en: "“{from}” cannot be cast to “{to}”. Cast only between numbers and pointers.",
    zh: "“{from}” 不能强制转换为“{to}”。只能在数字和指针之间转换。",
  },
  "condition-type": {
    en: "“{type}” is neither true nor false. Compare it, or use a number or a pointer.",
    zh: "“{type}” 不能作为条件。请进行比较，或使用数字或指针。",
  },
  "pointer-mismatch": {
    en: "“{from}” is used as “{to}”: different pointer types. Cast it if that is meant.",
    zh: "把“{from}”当作“{to}”使用：指针类型不同。若确有此意，请强制转换。",
  },
  "int-to-pointer": {
    en: "An integer (“{from}”) becomes a pointer (“{to}”) without a cast. Cast it if that is meant.",
    zh: "整数(“{from}”)未经强制转换就变成指针(“{to}”)。若确有此意，请强制转换。",
  },
  "pointer-to-int": {
    en: "A pointer (“{from}”) becomes an integer (“{to}”) without a cast. Cast it if that is meant.",
    zh: "指针(“{from}”)未经强制转换就变成整数(“{to}”)。若确有此意，请强制转换。",
  },
  "argument-count": {
    en: "“{name}” takes {expected} arguments, but is given {got}. Give it {expected}.",
    zh: "“{name}” 需要 {expected} 个参数，却给了 {got} 个。请改为 {expected} 个。",
  },
  "array-size": {
    en: "The size of an array must be a positive number that fits in memory. Correct it.",
    zh: "数组大小必须是正数，并且放得进内存。请更正。",
  },
  "object-too-large": {
    en: "“{type}” is too large for this machine (limit 2 GiB). Make it smaller.",
    zh: "“{type}” 对这台机器太大（上限 2 GiB）。请缩小。",
  },
  "not-constant": {
    en: "A constant is needed here: its value must be known before the program runs. Use a number, an enum constant or a macro.",
    zh: "此处需要常量：它的值必须在运行前就确定。请使用数字、枚举常量或宏。",
  },
  "too-many-initialisers": {
    en: "More initial values than there is room for; the rest is ignored. Remove them or enlarge the object.",
    zh: "初始值的个数超出了对象的大小，多余的被忽略。请删除多余的值或增大对象。",
  },
  "invalid-initialiser": {
    en: "This cannot initialise “{type}”. Use { … } for arrays and structs.",
    zh: "不能用它来初始化“{type}”。数组和结构体请使用 { … }。",
  },
  unsupported: { en: "Not supported here yet: {what}. Write it another way.", zh: "尚不支持：{what}。请换一种写法。" },
  "case-outside-switch": {
    en: "case and default belong inside a switch. Move it there.",
    zh: "case 和 default 只能出现在 switch 里。请移到 switch 中。",
  },
  "duplicate-case": {
    en: "The case {value} occurs twice in this switch. Remove one.",
    zh: "这个 switch 中 case {value} 出现了两次。请删掉一个。",
  },
  "break-outside": {
    en: "break belongs inside a loop or a switch. Move or remove it.",
    zh: "break 只能出现在循环或 switch 里。请移动或删除。",
  },
  "continue-outside": {
    en: "continue belongs inside a loop. Move or remove it.",
    zh: "continue 只能出现在循环里。请移动或删除。",
  },
  "return-value-in-void": {
    en: "This function returns void, yet a value is returned. Remove the value or change the function's type.",
    zh: "这个函数返回 void,却返回了一个值。请去掉该值，或修改函数类型。",
  },
  "return-missing-value": {
    en: "This function must return a “{type}”. Add a value.",
    zh: "这个函数必须返回“{type}”。请加上返回值。",
  },
  "division-by-zero": {
    en: "Division by zero: the program will be killed here (SIGFPE). Check the divisor.",
    zh: "除数为零：程序运行到此会被终止(SIGFPE)。请检查除数。",
  },
  "format-argument": {
    en: "“{conversion}” does not fit an argument of type “{type}”. Change one to match the other.",
    zh: "“{conversion}” 与“{type}”类型的参数不匹配。请修改其中之一。",
  },
  "format-count": {
    en: "The format asks for {expected} arguments, but {got} are given. Make them agree.",
    zh: "格式串需要 {expected} 个参数，却给了 {got} 个。请使二者一致。",
  },
  "format-unknown": {
    en: "“{conversion}” is not a printf conversion. Write %% for a percent sign.",
    zh: "“{conversion}” 不是 printf 的转换说明。百分号本身写作 %%。",
  },
  "assignment-as-condition": {
    en: "= assigns here. Write == to compare, or put double parentheses around it if assigning is meant.",
    zh: "此处的 = 是赋值。比较请写 ==;若确要赋值，请再加一层括号。",
  },
  "unknown-machine": {
    en: "Heapglass does not simulate glibc {glibc} on {abi} yet. Choose another machine.",
    zh: "Heapglass 尚不能模拟 {abi} 上的 glibc {glibc}。请换一台机器。",
  },
};

/** A diagnostic as a sentence. Codes from elsewhere (a newer or another front end) are shown as they are. */
export function diagnosticSentence(diagnostic: Pick<Diagnostic, "code" | "params">, locale: Locale): string {
  const text = (diagnosticTexts as Readonly<Record<string, DiagnosticText | undefined>>)[diagnostic.code]?.[
    locale === "en" ? "en" : "zh"
  ];
  if (text === undefined) return diagnostic.code;
  const param = (name: string) => String(diagnostic.params[name] ?? "");
  const optional = text.replace(/\[([^[\]]*\{(\w+)\}[^[\]]*)\]/g, (_, inner: string, name: string) =>
    param(name) === "" ? "" : inner,
  );
  return optional.replace(/\{(\w+)\}/g, (_, name: string) => param(name));
}
