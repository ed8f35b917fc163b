export const firstMalloc = `// The first malloc: the heap is born.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void) {
  // Before this line the process has no [heap] at all.
  char *a = malloc(24);      // brk: 132 KiB from the kernel, 0x20 of them for a

  strcpy(a, "hello, heap");  // user data starts right after the size word
  char *b = malloc(24);      // cut from top, directly behind a
  int *n = malloc(10 * sizeof(int));
  for (int i = 0; i < 10; i++)
    n[i] = i * i;

  free(a);                   // goes to the tcache: the heap does not shrink
  char *c = malloc(20);      // same chunk size as a: the same block again

  // stdio mallocs too: its buffer appears with the first printf.
  printf("b is %d bytes above c\\n", (int)(b - c));
  free(n);
  free(b);
  free(c);
  return 0;
}
`;
