import { describe, expect, it } from "vitest";
import { type FlushOrder, flushRules } from "./flushes";

const PAGE = 4096;

function rules() {
  const orders: FlushOrder[] = [];
  const made = flushRules((order) => orders.push(order));
  made.begin(100);
  return { ...made.host, orders };
}

const told = (orders: readonly FlushOrder[]) => orders.map(({ what, pages, pcid }) => [what, pages, pcid]);

describe("what the kernel flushes", () => {
  it("is the range from the first to the last entry that changed, page by page up to 33", () => {
    const { gather, flush, orders } = rules();
    flush();
    expect(orders).toEqual([]);
    gather(5 * PAGE, PAGE, PAGE);
    gather(37 * PAGE, PAGE, PAGE);
    flush();
    gather(5 * PAGE, PAGE, PAGE);
    gather(38 * PAGE, PAGE, PAGE);
    flush();
    expect(told(orders)).toEqual([
      ["range", 33, 1],
      ["all", 34, 1],
    ]);
    expect(orders[0]).toMatchObject({ from: 5 * PAGE, to: 38 * PAGE });
  });

  it("counts huge pages as one each while no small one is among them", () => {
    const { gather, flush, orders } = rules();
    const huge = 512 * PAGE;
    gather(huge, huge, huge);
    gather(3 * huge, huge, huge);
    flush();
    gather(huge, huge, huge);
    gather(3 * huge + PAGE, PAGE, PAGE);
    flush();
    expect(told(orders)).toEqual([
      ["range", 3, 1],
      ["all", 1026, 1],
    ]);
  });

  it("keeps six address spaces by PCID; the seventh takes the place of the first, and who has ended is not known again", () => {
    const { switchTo, drop, orders } = rules();
    for (const mm of [200, 300, 400, 500, 600, 100, 700, 100, 200]) switchTo(mm, 7);
    expect(told(orders)).toEqual([
      ["first", 0, 2],
      ["first", 0, 3],
      ["first", 0, 4],
      ["first", 0, 5],
      ["first", 0, 6],
      ["switch", 0, 1],
      ["first", 0, 1],
      ["first", 0, 2],
      ["first", 0, 3],
    ]);
    orders.length = 0;
    drop(200);
    switchTo(200, 8);
    expect(told(orders)).toEqual([
      ["end", 0, 3],
      ["first", 0, 4],
    ]);
  });
});
