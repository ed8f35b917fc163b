export const tcacheSeven = `// tcache: one list per size, seven blocks
// each, last in, first out.
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  setbuf(stdout, NULL);  // no stdio buffer
  char *t[9];
  for (int i = 0; i < 9; i++)
    t[i] = malloc(24);   // 0x20 each

  for (int i = 0; i < 7; i++)
    free(t[i]);          // fills the list

  // Full: the next two go to a fastbin.
  free(t[7]);
  free(t[8]);

  char *p = malloc(24);  // last in: t[6]
  printf("p == t[6]: %d\\n", p == t[6]);
  for (int i = 0; i < 6; i++)
    malloc(24);          // empties the list

  // From the fastbin: t[8]. What is left
  // there, t[7], moves to the tcache.
  char *q = malloc(24);
  printf("q == t[8]: %d\\n", q == t[8]);
  return 0;
}
`;
