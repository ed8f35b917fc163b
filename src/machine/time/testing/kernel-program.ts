/** Random C programs that drive the kernel hard, whatever their end: exit, SIGSEGV, a stack at its limit, the OOM killer. */

export const endings = {
  exit: "return 0;",
  guard: "area[0] = 1; mprotect(area, P, PROT_NONE); return area[0];",
  stack: "return deep(1 << 20);",
  killed: "for (;;) { char *p = malloc(100000); if (p) memset(p, 1, 100000); }",
  wild: "return *(volatile int *)8;",
  /** The same end where linear memory is smaller than RAM: equal pages share their bytes, and part again when they are written. */
  crowded:
    "for (int n = 0;; n++) { char *p = malloc(100000); if (p) memset(p, n % 3, 100000); if (p && held[n % 8]) held[n % 8][0] = 5; }",
} as const;
export type Ending = keyof typeof endings;

export const kernelProgram = (seed: number, rounds: number, ending: Ending): string => `
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#define P 4096L
static unsigned dice = ${seed}u;
static int roll(int sides) { dice = dice * 1103515245u + 12345u; return (int)((dice >> 16) % (unsigned)sides); }
static int deep(int n) { volatile char room[2000]; room[0] = (char)n; return n ? deep(n - 1) + room[0] : 0; }
static char *held[8];
static void touch(char *p) { *(volatile char *)p = (char)roll(100); }
static int peek(char *p) { return *(volatile char *)p; }
static void *work(void *arg) {
  char *own = malloc(3000);
  memset(own, 7, 3000);
  deep(roll(30));
  free(own);
  return arg;
}
static int child(char *at) {
  touch(at);
  deep(roll(20));
  free(held[roll(8)]);
  char *own = malloc((size_t)roll(5000));
  if (own) touch(own);
  switch (roll(5)) {
  case 0: return *(volatile int *)8;
  case 1: free(own); free(own); return 1;
  case 2: { pthread_t t; if (!pthread_create(&t, NULL, work, at)) pthread_join(t, NULL); return 2; }
  case 3: { pid_t grandchild = fork(); touch(at); if (!grandchild) _exit(4); return 3; }
  default: return 0;
  }
}
int main(void) {
  int rw = PROT_READ | PROT_WRITE, anon = MAP_PRIVATE | MAP_ANONYMOUS;
  char *area = mmap(NULL, 64 * P, rw, anon, -1, 0);
  char *large = mmap(NULL, 1536 * P, rw, anon, -1, 0);
  char *common = mmap(NULL, 8 * P, rw, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  for (int i = 0; i < ${rounds}; i++) {
    char *at = area + roll(48) * P;
    int some = 1 + roll(8), slot = roll(8);
    mprotect(at, some * P, rw);
    switch (roll(17)) {
    case 0: touch(at); break;
    case 1: peek(at); touch(at); break;
    case 2: madvise(at, some * P, MADV_DONTNEED); break;
    case 3: touch(at); madvise(at, some * P, MADV_FREE); touch(at); break;
    case 4: mprotect(at, some * P, PROT_READ); peek(at); break;
    case 5: munmap(at, some * P); mmap(at, some * P, rw, anon | MAP_FIXED, -1, 0); break;
    case 6: madvise(large, 1024 * P, MADV_HUGEPAGE); touch(large + roll(1024) * P); break;
    case 7: madvise(large + roll(1024) * P, some * P, MADV_DONTNEED); break;
    case 8: touch(common + roll(8) * P); break;
    case 9: { char *p = mmap(NULL, some * P, rw, anon, -1, 0); touch(p); p = mremap(p, some * P, (some + 3) * P, MREMAP_MAYMOVE); peek(p); break; }
    case 10: deep(roll(120)); break;
    case 11: free(held[slot]); held[slot] = calloc(1, (size_t)roll(200000)); break;
    case 13: case 14: { pid_t c = fork(); if (!c) _exit(child(at)); if (roll(2)) touch(at); if (roll(2)) waitpid(c, NULL, 0); break; }
    case 15: { pid_t c = vfork(); if (!c) { touch(at); _exit(0); } break; }
    case 12: if (malloc((size_t)1 << 62)) return 9; break;
    default: { pthread_t t; if (!pthread_create(&t, NULL, work, at)) pthread_join(t, NULL); }
    }
  }
  mprotect(area, 64 * P, rw);
  while (wait(NULL) > 0) { }
  ${endings[ending]}
}`;
