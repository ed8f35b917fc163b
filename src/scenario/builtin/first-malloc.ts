export const firstMalloc = `// The first malloc: the heap is born.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void) {
  // Until now there is no [heap] at all.
  // brk brings 132 KiB, a takes 0x20 of it.
  char *a = malloc(24);

  strcpy(a, "hello, heap");
  char *b = malloc(24);    // right behind a
  int *n = malloc(10 * sizeof(int));
  for (int i = 0; i < 10; i++)
    n[i] = i * i;

  // Goes to the tcache. No page goes back.
  free(a);
  // 20 bytes need a chunk as large as a's:
  // the same block again.
  char *c = malloc(20);

  // stdio mallocs too: its own buffer.
  printf("b - c = %d\\n", (int)(b - c));
  free(n);
  free(b);
  free(c);
  return 0;
}
`;
