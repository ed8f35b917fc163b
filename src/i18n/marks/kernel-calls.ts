/** What the kernel's calls are called, and what is said of them as events. */
import type { KernelCallName } from "../../abi/api";
import type { Locale } from "../locale";

export interface KernelCallsText {
  /** Those that are no system call have another name than in the source. */
  readonly name: Readonly<Partial<Record<KernelCallName, string>>>;
  /** `page fault, write to 0x…`. */
  readonly fault: (write: boolean, addr: string) => string;
  /** Between a step's faults and the function that the last one came to. */
  readonly faults: (n: number, cause: string) => string;
  readonly beforeLoading: string;
  readonly fold: (open: boolean) => string;
}

export const kernelCallTexts: Readonly<Record<Locale, KernelCallsText>> = {
  en: {
    name: { page_fault: "Page fault", oom_kill: "OOM killer", signal: "Signal", execve: "execve", ld_so: "ld.so" },
    fault: (write, addr) => `Page fault: ${write ? "write to" : "read of"} ${addr}`,
    faults: (n, cause) => (n === 1 ? `1 page fault (${cause}).` : `${n} page faults (the last: ${cause}).`),
    beforeLoading: "The address space is empty: execve is next.",
    fold: (open) => (open ? "Fold the kernel's part" : "Unfold the kernel's part"),
  },
  "zh-CN": {
    name: { page_fault: "缺页异常", oom_kill: "OOM 杀手", signal: "信号", execve: "execve", ld_so: "ld.so" },
    fault: (write, addr) => `缺页异常：${write ? "写" : "读"} ${addr}`,
    faults: (n, cause) => (n === 1 ? `1 次缺页异常（${cause}）。` : `${n} 次缺页异常（最后一次：${cause}）。`),
    beforeLoading: "地址空间是空的：接下来是 execve。",
    fold: (open) => (open ? "折叠内核部分" : "展开内核部分"),
  },
};
