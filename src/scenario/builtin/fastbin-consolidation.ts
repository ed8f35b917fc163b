export const fastbinConsolidation = `// Fastbins put off merging. A large request makes up for it.
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  setbuf(stdout, NULL);
  char *t[7];
  for (int i = 0; i < 7; i++)
    t[i] = malloc(40);       // 0x30 each: these will fill the tcache
  char *a = malloc(40);
  char *b = malloc(40);
  char *c = malloc(40);
  malloc(24);                // guard: keeps c away from top

  for (int i = 0; i < 7; i++)
    free(t[i]);              // tcache[0x30] is full now

  free(a);                   // fastbin 0x30: stays marked as in use,
  free(b);                   // so neighbours are not merged
  free(c);

  // 0x508 is too large for the small bins: malloc_consolidate empties
  // the fastbins, merges a, b and c, and sorts the result.
  char *big = malloc(0x500);

  char *d = malloc(0x80);    // exactly the merged chunk: 3 * 0x30 = 0x90
  printf("d is where a was: %s\\n", d == a ? "yes" : "no");
  free(big);
  return 0;
}
`;
