export const tcacheSeven = `// The tcache: one list per size, seven blocks each, last in, first out.
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  setbuf(stdout, NULL);      // keeps stdio's buffer out of the heap
  char *t[9];
  for (int i = 0; i < 9; i++)
    t[i] = malloc(24);       // nine chunks of 0x20, side by side

  for (int i = 0; i < 7; i++)
    free(t[i]);              // fills tcache[0x20]; no chunk is merged

  free(t[7]);                // the list is full: this one goes to a fastbin
  free(t[8]);

  char *p = malloc(24);      // last in, first out: t[6]
  printf("p is t[6]: %s\\n", p == t[6] ? "yes" : "no");
  for (int i = 0; i < 6; i++)
    malloc(24);              // empties tcache[0x20]

  char *q = malloc(24);      // takes t[8] from the fastbin, moves t[7] to the tcache
  printf("q is t[8]: %s\\n", q == t[8] ? "yes" : "no");
  return 0;
}
`;
