export const mmapThreshold = `// Large blocks get their own mapping,
// until one of them is freed.
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  setbuf(stdout, NULL);
  char *small = malloc(1000);    // heap

  // 200 KiB are above the 128 KiB of
  // mmap_threshold: a mapping of its own.
  char *a = malloc(200 * 1024);
  printf("a above the heap: %d\\n",
         a - small > 1024 * 1024 * 1024);

  // munmap. And mmap_threshold rises to this
  // size, trim_threshold to twice as much.
  free(a);

  // The same size again: now from top.
  char *b = malloc(200 * 1024);
  printf("b in the heap: %d\\n",
         b - small < 1024 * 1024);

  char *c = malloc(300 * 1024);  // mmap again
  // mremap: no byte is copied.
  c = realloc(c, 900 * 1024);
  free(c);    // threshold: about 900 KiB

  // Into top, which stays: it is smaller
  // than trim_threshold is by now.
  free(b);
  free(small);
  return 0;
}
`;
