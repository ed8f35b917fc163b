export const mmapThreshold = `// Large blocks get their own mapping, until one of them is freed.
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  setbuf(stdout, NULL);
  char *small = malloc(1000);          // from the heap
  char *a = malloc(200 * 1024);        // 200 KiB >= 128 KiB: mmap
  printf("a is mapped far above the heap: %s\\n", a - small > 1024 * 1024 * 1024 ? "yes" : "no");

  free(a);                             // munmap. And: mmap_threshold rises to
                                       // this size, trim_threshold to twice it
  char *b = malloc(200 * 1024);        // not mmapped any more: from top
  printf("b is in the heap: %s\\n", b - small < 1024 * 1024 ? "yes" : "no");

  char *c = malloc(300 * 1024);        // above the new threshold: mmap again
  c = realloc(c, 900 * 1024);          // mremap: no byte is copied
  free(c);                             // threshold: now about 900 KiB

  free(b);                             // merges with top, stays below trim_threshold
  free(small);
  return 0;
}
`;
