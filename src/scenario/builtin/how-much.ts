export const howMuch = `// How much can malloc get? Try RAM and
// overcommit_memory in the machine dialog.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  setbuf(stdout, NULL);
  // The largest single block, bit by bit.
  size_t most = 0;
  size_t bit = SIZE_MAX / 2 + 1;
  for (; bit >= 4096; bit /= 2) {
    void *p = malloc(most + bit);
    if (p == NULL) continue;
    most += bit;
    free(p);
  }
  printf("largest: %zu MiB\\n", most >> 20);

  // Many smaller ones: nobody adds them up,
  // unless overcommit_memory is 2.
  int n = 0;
  while (n < 64 && malloc(512 << 20) != NULL)
    n++;
  printf("512 MiB: %d times\\n", n);
  return 0;
}
`;
