export const copyOnWrite = `// fork copies no page. Both processes show
// the same ones, until one of the two writes.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static long faults(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return u.ru_minflt;
}

int main(void) {
  setbuf(stdout, NULL);
  char *p = malloc(25 * 4096);    // the heap
  memset(p, 'A', 25 * 4096);
  pid_t child = fork();
  if (child == 0) {
    long n = faults(), sum = p[4096];
    printf("read: %ld\\n", faults() - n);
    // A copy of each page that is written.
    n = faults();
    for (int i = 0; i < 3; i++)
      p[i * 4096] = 'B';
    printf("write: %ld\\n", faults() - n);
    _exit(7);    // its copies go back
  }
  waitpid(child, NULL, 0); // now it runs
  // Ours are as they were, and only ours
  // again: a fault, but no copy.
  long n = faults();
  p[20 * 4096] = 'C';
  printf("%c %ld\\n", p[0], faults() - n);
  free(p);
  return 0;
}
`;
