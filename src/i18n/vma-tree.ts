/** Words for the index of VMAs and find_vma's way through it. The kernel's names stay as they are in both languages. */
import type { KernelRelease } from "../abi/linux";
import type { TreeFault } from "../decode/vma-tree-types";
import type { Locale } from "./locale";

export interface VmaTreeText {
  readonly title: string;
  readonly count: (vmas: number) => string;
  readonly address: string;
  readonly addressWrong: string;
  readonly kernel: string;
  readonly kernelName: Readonly<Record<KernelRelease, string>>;
  readonly figure: (kind: "maple" | "rbtree", vmas: number) => string;
  readonly slots: (used: number, room: number) => string;
  readonly gap: (size: string) => string;
  readonly gapServes: string;
  readonly height: (levels: number) => string;
  readonly ring: string;
  readonly list: string;
  readonly hidden: (vmas: number) => string;
  readonly steps: string;
  readonly first: string;
  readonly back: string;
  readonly on: string;
  readonly last: string;
  readonly at: (step: number, of: number) => string;
  readonly yes: string;
  readonly no: string;
  readonly scanned: string;
  readonly goes: Readonly<Record<"left" | "right" | "stop", string>>;
  readonly candidate: string;
  readonly taken: (slot: number, holds: "node" | "vma" | "null") => string;
  readonly next: (slot: number) => string;
  readonly damaged: (at: string) => string;
  readonly holds: (name: string) => string;
  readonly above: (name: string) => string;
  readonly nothing: string;
  readonly effort: (nodes: number, comparisons: number) => string;
  readonly empty: string;
  readonly tooMany: string;
  readonly faults: (names: string) => string;
  readonly fault: Readonly<Record<TreeFault, string>>;
  readonly written: string;
}

const en: VmaTreeText = {
  title: "VMA index",
  count: (n) => (n === 1 ? "1 VMA" : `${n} VMAs`),
  address: "Address to look for",
  addressWrong: "An address is a number below 2⁴⁸: 0x7ffff7cf7010.",
  kernel: "Kernel: choosing runs the program again",
  kernelName: { "6.1+": "maple tree ≥ 6.1", "before-6.1": "rb-tree + list" },
  figure: (kind, vmas) =>
    `${kind === "maple" ? "Maple tree" : "Red-black tree"} of ${vmas} VMAs. Left and right step through find_vma.`,
  slots: (used, room) => `${used} of ${room} slots`,
  gap: (size) => `gap ${size}`,
  gapServes: "gap[] serves mmap",
  height: (levels) => `height ${levels}`,
  ring: "ring = node colour",
  list: "vm_next list keeps address order for /proc/self/maps",
  hidden: (n) => `${n} more VMAs below`,
  steps: "find_vma, decision by decision",
  first: "Before the first decision",
  back: "One decision back",
  on: "Next decision",
  last: "To the answer",
  at: (step, of) => `${step} of ${of}`,
  yes: "yes",
  no: "no",
  scanned: "first pivot ≥ addr",
  goes: { left: "go left", right: "go right", stop: "found" },
  candidate: "best so far",
  taken: (slot, holds) =>
    `slot ${slot}: ${holds === "node" ? "the node below" : holds === "vma" ? "a VMA" : "NULL, nothing is mapped there"}`,
  next: (slot) => `slot ${slot} is the next one: empty ranges never touch, so it holds the VMA above`,
  damaged: (at) => `${at} is no node of this tree`,
  holds: (name) => `${name} holds the address`,
  above: (name) => `no VMA holds it; the next one above is ${name}`,
  nothing: "NULL: no VMA ends above the address",
  effort: (nodes, comparisons) =>
    `${nodes === 1 ? "1 node" : `${nodes} nodes`}, ${comparisons === 1 ? "1 comparison" : `${comparisons} comparisons`}`,
  empty: "Nothing is mapped.",
  tooMany: "More VMAs than can be shown.",
  faults: (names) => `The index is damaged: ${names}.`,
  fault: {
    pointer: "a pointer leads nowhere",
    loop: "a node is met twice",
    order: "addresses are out of order",
    colour: "a red node has a red parent",
    blackHeight: "black heights differ",
    list: "the list disagrees with the tree",
    parent: "a parent pointer is wrong",
    gap: "a stored gap is wrong",
    fill: "a node has too few slots",
    meta: "a node’s metadata are wrong",
    nulls: "empty ranges touch",
    height: "leaves differ in depth",
  },
  written: "dashed amber: written by this step",
};

const zh: VmaTreeText = {
  title: "VMA 索引",
  count: (n) => `${n} 个 VMA`,
  address: "要查找的地址",
  addressWrong: "地址是小于 2⁴⁸ 的数，如 0x7ffff7cf7010。",
  kernel: "内核：选择后程序重新运行",
  kernelName: { "6.1+": "maple tree ≥ 6.1", "before-6.1": "红黑树 + 链表" },
  figure: (kind, vmas) => `${kind === "maple" ? "maple tree" : "红黑树"}，${vmas} 个 VMA。左右方向键逐步执行 find_vma。`,
  slots: (used, room) => `已用 ${used} / ${room} 槽`,
  gap: (size) => `空隙 ${size}`,
  gapServes: "gap[] 供 mmap 使用",
  height: (levels) => `高度 ${levels}`,
  ring: "圆环 = 节点颜色",
  list: "vm_next 链表保持地址顺序，供 /proc/self/maps 使用",
  hidden: (n) => `下面还有 ${n} 个 VMA`,
  steps: "find_vma 的每一步判断",
  first: "第一步判断之前",
  back: "退一步",
  on: "下一步判断",
  last: "直到结果",
  at: (step, of) => `第 ${step} / ${of} 步`,
  yes: "是",
  no: "否",
  scanned: "第一个 ≥ addr 的枢轴",
  goes: { left: "往左", right: "往右", stop: "找到" },
  candidate: "目前最近",
  taken: (slot, holds) => `槽 ${slot}：${holds === "node" ? "下层节点" : holds === "vma" ? "一个 VMA" : "NULL，那里没有映射"}`,
  next: (slot) => `下一个是槽 ${slot}：空区间不会相邻，所以它存放上方的 VMA`,
  damaged: (at) => `${at} 不是这棵树的节点`,
  holds: (name) => `${name} 包含该地址`,
  above: (name) => `没有 VMA 包含它；上方最近的是 ${name}`,
  nothing: "NULL：没有 VMA 在该地址之上结束",
  effort: (nodes, comparisons) => `${nodes} 个节点，${comparisons} 次比较`,
  empty: "没有任何映射。",
  tooMany: "VMA 太多，无法显示。",
  faults: (names) => `索引已损坏：${names}。`,
  fault: {
    pointer: "指针不知指向何处",
    loop: "同一节点出现两次",
    order: "地址次序错误",
    colour: "红节点的父节点也是红色",
    blackHeight: "黑高不一致",
    list: "链表与树不一致",
    parent: "父指针错误",
    gap: "记录的空隙错误",
    fill: "节点的槽过少",
    meta: "节点的元数据错误",
    nulls: "空区间相邻",
    height: "叶子深度不一致",
  },
  written: "琥珀色虚线：本步写入",
};

export const vmaTreeTexts: Readonly<Record<Locale, VmaTreeText>> = { en, "zh-CN": zh };
