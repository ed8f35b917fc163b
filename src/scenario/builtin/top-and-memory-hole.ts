export const topAndMemoryHole = `// "I freed everything, and the process did not shrink."
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void) {
  setbuf(stdout, NULL);
  char *block[8];
  for (int i = 0; i < 8; i++) {
    block[i] = malloc(64 * 1024);
    memset(block[i], 'x', 64 * 1024);  // touched: the pages are resident now
  }
  char *pin = malloc(2000);  // one small live block above all of them

  for (int i = 0; i < 8; i++)
    free(block[i]);          // one hole of 512 KiB, below a live block

  // Nothing returned to the system: only top can, and pin lies below it.
  printf("hole: %d KiB\\n", (int)((pin - block[0]) / 1024));

  free(pin);                 // now the hole merges with top; top is above
                             // trim_threshold, so brk moves down
  char *again = malloc(24);
  printf("again starts at block[0]: %s\\n", again == block[0] ? "yes" : "no");
  return 0;
}
`;
