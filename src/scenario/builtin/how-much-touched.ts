export const howMuchTouched = `// malloc promised more than there is. Here
// every byte is written: page by page the RAM
// goes, until the kernel kills the process.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIB (1 << 20)

int main(void) {
  setbuf(stdout, NULL);
  int mib = 0;
  for (;;) {
    char *p = malloc(16 * MIB);
    if (p == NULL) break;
    memset(p, 1, 16 * MIB);
    mib += 16;
    if (mib % 128 == 0)
      printf("touched: %d MiB\\n", mib);
  }
  printf("refused after %d MiB\\n", mib);
  return 0;
}
`;
