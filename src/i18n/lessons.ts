/** Texts of the lesson "Fifteen years in ten minutes" (src/scenario/history/fifteen-years.ts). */
import type { LessonRelease } from "../scenario/history/fifteen-years";
import type { Locale } from "./locale";

export interface LessonText {
  readonly title: string;
  readonly intro: string;
  /** By the release that a step leads to: what to look at where the two part. */
  readonly steps: Readonly<Record<LessonRelease, string>>;
}

const en: LessonText = {
  title: "Fifteen years in ten minutes",
  intro:
    "The same 30 lines run under nine releases of glibc. Each step compares one with the next and stops at the first call that ends otherwise.",
  steps: {
    "2.23":
      "For 2010 and 2016 this program’s heap is the same chunk by chunk until its last call. malloc_trim(-1) asks to keep everything: in 2.12.1 the subtraction wraps and the break falls; 2.23 keeps top.",
    "2.27":
      "In 2.23 a freed 0x20 chunk goes to a fastbin. 2.26 brought the tcache: the first seven go to a list of the thread’s own, and only the last two to the fastbin.",
    "2.31":
      "Already the first malloc differs: the tcache struct in front of all blocks grew from 0x250 to 0x290 bytes, because its counters have 16 bits since 2.30. Every block lies 0x40 bytes higher.",
    "2.35":
      "Not one decision differs, but the words do: since 2.32 each link is stored xor-ed with its own address. And the key behind it is a random number since 2.34.",
    "2.39":
      "aligned_alloc cuts a piece off in front of the block. In 2.35 that piece goes the way of any freed chunk, into the tcache; since 2.39 it merges with its neighbours or waits in a bin.",
    "2.41":
      "Until 2.40 calloc ignored the tcache: the block comes from the fastbin. Since 2.41 it takes the chunk that was freed last of the seven in the tcache.",
    "2.42":
      "realloc makes the block smaller, and 0x60 bytes are left. Until 2.41 that remainder went to the tcache like any freed chunk, though nobody ever asked for its size; since 2.42 it does not. (The tcache itself grew by twelve lists, so all blocks lie 0x70 higher.)",
    "2.43":
      "The eighth chunk of one size went to a fastbin, for twenty years. 2.43 has none: a tcache list takes sixteen, and what comes after is merged at once.",
  },
};

const zh: LessonText = {
  title: "十分钟看十五年",
  intro: "同样的 30 行程序在九个 glibc 版本下运行。每一步比较相邻的两个版本，停在第一个结果不同的调用处。",
  steps: {
    "2.23":
      "从 2010 年到 2016 年，这个程序的堆直到最后一个调用都逐块相同。malloc_trim(-1) 要求全部保留：在 2.12.1 中减法回绕，break 下降；2.23 保留 top。",
    "2.27": "在 2.23 中，释放的 0x20 chunk 进入 fastbin。2.26 带来 tcache：前七个进入线程自己的链表，只有最后两个进入 fastbin。",
    "2.31":
      "第一次 malloc 就已不同：位于所有块之前的 tcache 结构体从 0x250 增至 0x290 字节，因为从 2.30 起计数为 16 位。每一块都高了 0x40 字节。",
    "2.35": "没有一个决定不同，但内存中的字不同：从 2.32 起，每个链接与自身地址异或后存放；从 2.34 起，其后的 key 是随机数。",
    "2.39":
      "aligned_alloc 在块的前面切下一段。在 2.35 中，这一段像任何被释放的 chunk 一样进入 tcache；从 2.39 起，它与邻居合并，或在 bin 中等待。",
    "2.41": "2.40 及以前 calloc 不看 tcache：块来自 fastbin。从 2.41 起，它取走 tcache 的七块中最后释放的那一块。",
    "2.42":
      "realloc 把块缩小，剩下 0x60 字节。2.41 及以前，这段剩余像任何被释放的 chunk 一样进入 tcache，尽管没有人请求过这种大小；2.42 起不再如此。（tcache 自身多了十二条链表，所以每一块都高了 0x70 字节。）",
    "2.43": "二十年来，同样大小的第八块进入 fastbin。2.43 没有 fastbin：tcache 的一条链表可放十六块，再多的立即合并。",
  },
};

export const lessonTexts: Readonly<Record<Locale, LessonText>> = { en, "zh-CN": zh };
