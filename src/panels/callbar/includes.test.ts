import { describe, expect, it } from "vitest";
import { withIncludes } from "./includes";

const source = "// demo\n#include <stdio.h>\nint main(void) { return 0; }\n";

describe("headers of calls made by hand", () => {
  it("come before the program's own includes", () => {
    expect(withIncludes(source, "mallopt(M_MXFAST, 0);")).toBe(`// demo\n#include <malloc.h>\n${source.slice(8)}`);
  });

  it("are added on top of a program that includes nothing", () => {
    expect(withIncludes("int main(void) {}\n", "free(p);")).toBe("#include <stdlib.h>\nint main(void) {}\n");
  });

  it("are added once", () => {
    const once = withIncludes(source, "malloc_trim(0);");
    expect(withIncludes(once, "char *q = memalign(64, 8);")).toBe(once);
  });

  it("are not added for what needs none", () => {
    expect(withIncludes(source, "a[3] = 'x';")).toBe(source);
  });
});
