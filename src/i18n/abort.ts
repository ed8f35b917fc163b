/** Why glibc's checks fail, in a sentence each: what was read and what it means. Keyed by glibc's own message (src/abi/messages.ts). */
import type { Locale } from "./locale";

interface Reason {
  readonly en: string;
  readonly zh: string;
}

/** {name} stands for the pointer as the program calls it. */
const reasons: Readonly<Record<string, Reason>> = {
  "free(): double free detected in tcache 2": {
    en: "{name} is already in its tcache list: the first free left the key in its second word.",
    zh: "{name} 已在它的 tcache 链表中：第一次 free 在它的第二个字里留下了 key。",
  },
  "double free or corruption (fasttop)": {
    en: "{name} is already the first chunk of its fastbin.",
    zh: "{name} 已是它所属 fastbin 的第一块。",
  },
  "double free or corruption (top)": {
    en: "{name} is the top chunk: it was merged into top when it was freed.",
    zh: "{name} 就是 top 块：它在释放时已并入 top。",
  },
  "double free or corruption (out)": {
    en: "The chunk after {name} would lie beyond the arena.",
    zh: "{name} 的后一块会落在分配区之外。",
  },
  "double free or corruption (!prev)": {
    en: "The next chunk says {name} is already free: its PREV_INUSE bit is 0.",
    zh: "后一块表明 {name} 已经空闲：其 PREV_INUSE 位为 0。",
  },
  "free(): invalid pointer": {
    en: "{name} cannot be a chunk: it is not aligned, or its size wraps around the address space.",
    zh: "{name} 不可能是块：未对齐，或大小越过了地址空间。",
  },
  "free(): invalid size": {
    en: "The size word before {name} holds no size a chunk can have.",
    zh: "{name} 之前的 size 字不是块可能有的大小。",
  },
  "free(): invalid next size (fast)": {
    en: "The size of the chunk after {name} cannot be: {name} or its size word was written past its end.",
    zh: "{name} 的后一块大小不可能成立：有写入越过了 {name} 的末尾，或改了它的 size 字。",
  },
  "free(): invalid next size (normal)": {
    en: "The size of the chunk after {name} cannot be: {name} or its size word was written past its end.",
    zh: "{name} 的后一块大小不可能成立：有写入越过了 {name} 的末尾，或改了它的 size 字。",
  },
  "free(): corrupted unsorted chunks": {
    en: "The first chunk of the unsorted bin does not point back to the bin.",
    zh: "unsorted bin 的第一块没有指回 bin。",
  },
  "free(): too many chunks detected in tcache": {
    en: "The tcache list is longer than it may be: a link in it was overwritten.",
    zh: "tcache 链表超过了允许的长度：其中的链接被改写。",
  },
  "free(): unaligned chunk detected in tcache 2": {
    en: "A link in the tcache list leads to an address that no chunk can have.",
    zh: "tcache 链表中的链接指向块不可能有的地址。",
  },
  "malloc(): unaligned tcache chunk detected": {
    en: "The first entry of the tcache list is no chunk: a freed block's next was overwritten.",
    zh: "tcache 链表的第一项不是块：某个已释放块的 next 被改写。",
  },
  "malloc(): unaligned fastbin chunk detected": {
    en: "The first entry of the fastbin is no chunk: a freed block's fd was overwritten.",
    zh: "fastbin 的第一项不是块：某个已释放块的 fd 被改写。",
  },
  "malloc(): memory corruption (fast)": {
    en: "The chunk from the fastbin has the size of another list.",
    zh: "从 fastbin 取出的块，其大小属于另一个链表。",
  },
  "malloc(): corrupted top size": {
    en: "top claims more than the arena ever got from the kernel: its size word was overwritten.",
    zh: "top 声称的大小超过分配区从内核得到的全部内存：它的 size 字被改写。",
  },
  "malloc(): invalid size (unsorted)": {
    en: "A chunk in the unsorted bin has a size it cannot have.",
    zh: "unsorted bin 中某块的大小不可能成立。",
  },
  "malloc(): invalid next size (unsorted)": {
    en: "The chunk after one in the unsorted bin has a size it cannot have.",
    zh: "unsorted bin 中某块的后一块大小不可能成立。",
  },
  "malloc(): mismatching next->prev_size (unsorted)": {
    en: "A free chunk's size and its footer differ.",
    zh: "空闲块的大小与它的尾部不一致。",
  },
  "malloc(): unsorted double linked list corrupted": {
    en: "A chunk in the unsorted bin and its neighbour do not point at each other.",
    zh: "unsorted bin 中某块与相邻块没有互相指向。",
  },
  "corrupted size vs. prev_size": {
    en: "A free chunk's size and the prev_size behind it differ: one of them was overwritten.",
    zh: "空闲块的大小与其后的 prev_size 不一致：其中之一被改写。",
  },
  "corrupted double-linked list": {
    en: "The neighbours of a free chunk do not point back at it: fd or bk was overwritten.",
    zh: "空闲块的相邻块没有指回它：fd 或 bk 被改写。",
  },
  "munmap_chunk(): invalid pointer": {
    en: "{name} says it has a mapping of its own, but does not begin one.",
    zh: "{name} 自称有独立映射，但它不在映射的开头。",
  },
  "realloc(): invalid pointer": {
    en: "{name} is not a pointer that malloc returned.",
    zh: "{name} 不是 malloc 返回的指针。",
  },
};

/** Null for messages that say enough by themselves. */
export function abortReason(locale: Locale, message: string, name: string): string | null {
  const reason = reasons[message.trim()];
  if (reason === undefined) return null;
  return (locale === "en" ? reason.en : reason.zh).replaceAll("{name}", name);
}
