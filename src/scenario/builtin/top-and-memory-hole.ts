export const topAndMemoryHole = `// "I freed everything, and the process
// did not shrink."
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void) {
  setbuf(stdout, NULL);
  char *block[8];
  for (int i = 0; i < 8; i++) {
    block[i] = malloc(64 * 1024);
    // Touched: the pages are resident now.
    memset(block[i], 'x', 64 * 1024);
  }
  // One small live block above them all.
  char *pin = malloc(2000);

  for (int i = 0; i < 8; i++)
    free(block[i]);

  // One hole. Only top can go back to the
  // system, and pin stands in between.
  printf("hole: %d KiB\\n",
         (int)((pin - block[0]) / 1024));

  // Now the hole merges with top. That is
  // more than trim_threshold: brk falls.
  free(pin);
  char *again = malloc(24);
  printf("again == block[0]: %d\\n",
         again == block[0]);
  return 0;
}
`;
