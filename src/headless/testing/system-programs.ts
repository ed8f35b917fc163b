/** C programs that call the system themselves: what a real process prints is the answer, addresses, errno, faults and resident pages included. */
const program = (body: string, before = ""): string => `#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#define P 4096ul
#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
static void *map(void *at, unsigned long pages, int prot, int flags) {
  errno = 0;
  void *p = mmap(at, pages * P, prot, flags, -1, 0);
  printf("%p %d\\n", p, errno);
  return p;
}
static void say(const char *what, long result) {
  printf("%s %ld %d\\n", what, result, errno);
  errno = 0;
}
static long faults(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return u.ru_minflt;
}
static void resident(char *p, int pages) {
  unsigned char v[256];
  if (mincore(p, pages * P, v) < 0) { say("mincore", -1); return; }
  for (int i = 0; i < pages; i++) putchar(v[i] & 1 ? 'A' : '.');
  putchar('\\n');
}
${before}
int main(void) {
  setbuf(stdout, NULL);
  faults();
  resident(mmap(NULL, P, RW, ANON, -1, 0), 1);
  errno = 0;
${body}
  return 0;
}
`;

export const systemPrograms: Readonly<Record<string, string>> = {
  "mappings, their places and what is wrong with them": program(`
  char *a = map(NULL, 4, RW, ANON), *b = map(NULL, 2, PROT_READ, ANON), *c = map(NULL, 512, RW, ANON);
  map(NULL, 1024, RW, MAP_SHARED | MAP_ANONYMOUS);
  map(a - 64 * P, 1, RW, ANON);
  map(a, 1, PROT_NONE, ANON | MAP_FIXED);
  map(a + P, 1, RW, ANON | MAP_FIXED_NOREPLACE);
  map(b - 100 * P, 1, RW, ANON | MAP_FIXED_NOREPLACE);
  map(a + 1, 1, RW, ANON | MAP_FIXED);
  map(NULL, 0, RW, ANON);
  map(NULL, 1, RW, MAP_ANONYMOUS);
  map(NULL, -1ul / P, RW, ANON);
  say("badf", (long)mmap(NULL, P, RW, MAP_PRIVATE, 77, 0));
  say("badf", (long)mmap(NULL, P, RW, MAP_PRIVATE, -1, 0));
  say("offset", (long)mmap(NULL, P, RW, ANON, -1, 5));
  say("munmap", munmap(a + P, P));
  say("munmap", munmap(a + 1, P));
  say("munmap", munmap(a, 0));
  say("munmap", munmap(c, 512 * P));
  say("munmap", munmap(c, 512 * P));
  map(NULL, 1, RW, ANON);
  map(NULL, 3, RW, ANON);`),
  "first touch, reads, writes, faults and residency": program(`
  char *p = mmap(NULL, 64 * P, RW, ANON, -1, 0);
  long before = faults(), sum = 0;
  resident(p, 64);
  for (int i = 0; i < 64; i += 3) p[i * P] = 1;
  printf("%ld\\n", faults() - before);
  resident(p, 64);
  before = faults();
  for (int i = 0; i < 64; i++) sum += p[i * P];
  printf("%ld faults, sum %ld\\n", faults() - before, sum);
  resident(p, 64);
  before = faults();
  for (int i = 0; i < 64; i++) p[i * P] = 2;
  printf("%ld\\n", faults() - before);
  say("dontneed", madvise(p + 8 * P, 16 * P, MADV_DONTNEED));
  say("free", madvise(p + 32 * P, 4 * P, MADV_FREE));
  resident(p, 64);
  before = faults();
  for (int i = 0; i < 64; i++) { sum += p[i * P]; p[i * P] = 3; }
  printf("%ld faults, sum %ld\\n", faults() - before, sum);
  before = faults();
  char *q = mmap(NULL, 32 * P, RW, ANON | MAP_POPULATE, -1, 0);
  long there = faults() - before;
  for (int i = 0; i < 32; i++) q[i * P] = 1;
  printf("%ld %ld\\n", there, faults() - before);
  q = mmap(NULL, 8 * P, RW, ANON, -1, 0);
  say("populate", madvise(q, 4 * P, MADV_POPULATE_WRITE));
  resident(q, 8);
  say("madvise", madvise(q + 1, P, MADV_DONTNEED));
  say("madvise", madvise(q, P, 99));
  munmap(q + 2 * P, P);
  say("a hole", madvise(q, 8 * P, MADV_DONTNEED));
  resident(q, 2);
  resident(q + 3 * P, 5);
  say("mincore", mincore(q + 1, P, (unsigned char *)p));
  say("mincore", mincore(q - 4096 * P, P, (unsigned char *)p));
  say("mincore", mincore(q, 2 * P, NULL));`),
  "protection: bits, splits, and who dies": program(
    `
  char *p = map(NULL, 8, RW, ANON);
  for (int i = 0; i < 8; i++) p[i * P] = 'a' + i;
  long before = faults();
  say("read only", mprotect(p + 2 * P, P, PROT_READ));
  printf("%c\\n", p[2 * P]);
  say("back", mprotect(p + 2 * P, P, RW));
  p[2 * P] = 'C';
  printf("%ld faults, %c\\n", faults() - before, p[2 * P]);
  say("none", mprotect(p + 6 * P, P, PROT_NONE));
  say("not aligned", mprotect(p + 1, P, RW));
  char *q = map(NULL, 8, RW, ANON);
  munmap(q + 4 * P, P);
  say("a hole", mprotect(q, 8 * P, PROT_READ));
  say("the whole space", mprotect(q + 5 * P, -1ul - 8 * P, PROT_READ));
  say("what", mprotect(p, P, 0x1000));
  resident(p, 8);
  say("write", write(1, "x\\n", 2));
  p[5 * P] = 'x';
  printf("before the end\\n");
  p[6 * P] = 'x';`,
  ),
  "remapping: in place, elsewhere, on top of something": program(`
  char *a = map(NULL, 4, RW, ANON);
  char *gap = map(NULL, 2, PROT_NONE, ANON);
  for (int i = 0; i < 4; i++) a[i * P] = '0' + i;
  long before = faults();
  char *b = mremap(a, 4 * P, 6 * P, 0);
  printf("%p %d\\n", (void *)b, errno);
  errno = 0;
  b = mremap(a, 4 * P, 600 * P, MREMAP_MAYMOVE);
  printf("%p %d\\n", (void *)b, errno);
  printf("%c%c %d, %ld faults\\n", b[P], b[3 * P], b[4 * P], faults() - before);
  resident(b, 8);
  char *c = mremap(b, 600 * P, 3 * P, 0);
  printf("%p\\n", (void *)c);
  resident(c, 4);
  char *d = mremap(c, 3 * P, 3 * P, MREMAP_MAYMOVE | MREMAP_FIXED, gap - 64 * P);
  printf("%p %d %c\\n", (void *)d, errno, d[2 * P]);
  errno = 0;
  char *e = mremap(d, 3 * P, 3 * P, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL);
  printf("%p %d %c %d\\n", (void *)e, errno, e[2 * P], d[2 * P]);
  printf("%p ", mremap(d, 0, P, MREMAP_MAYMOVE));
  say("nothing", 0);
  printf("%p ", mremap(d + 1, P, P, 0));
  say("not aligned", 0);
  printf("%p ", mremap(gap - 4096 * P, P, 2 * P, MREMAP_MAYMOVE));
  say("not there", 0);`),
  "the break by brk and sbrk": program(`
  char *start = sbrk(0);
  printf("%p\\n", (void *)start);
  say("brk", brk(start + 3 * P + 7));
  start[0] = 'x'; start[3 * P] = 'y';
  printf("%p %p\\n", sbrk(0), sbrk(P));
  say("down", brk(start + P));
  printf("%p %p\\n", sbrk(-16), sbrk(0));
  resident(start, 1);
  say("below", brk(start - 4096 * P));
  printf("%p ", sbrk(0));
  say("up", (long)sbrk((long)(-1ul >> 1)));
  void *p = malloc(1000);
  printf("%p %p\\n", p, sbrk(0));
  char *wall = mmap(start + 64 * P, P, RW, ANON | MAP_FIXED, -1, 0);
  say("wall", brk(start + 64 * P));
  say("a page before", brk(start + 63 * P));
  printf("%d %ld\\n", wall == start + 64 * P, sysconf(_SC_PAGESIZE) + getpagesize());
  say("sysconf", sysconf(9999));`),
  limits: program(`
  struct rlimit r;
  say("get", getrlimit(RLIMIT_STACK, &r));
  printf("%lu\\n", (unsigned long)r.rlim_cur);
  say("get", getrlimit(RLIMIT_DATA, &r));
  printf("%d %d\\n", r.rlim_cur == RLIM_INFINITY, r.rlim_max == RLIM_INFINITY);
  say("get", getrlimit(1234, &r));
  say("get", getrlimit(RLIMIT_AS, NULL));
  say("get", getrlimit(RLIMIT_AS, (struct rlimit *)16));
  r.rlim_cur = 8 << 20;
  say("set", setrlimit(RLIMIT_AS, &r));
  map(NULL, 1024, RW, ANON);
  map(NULL, 2048, RW, ANON);
  say("malloc", (long)malloc(3 << 20));
  r.rlim_cur = RLIM_INFINITY;
  say("set", setrlimit(RLIMIT_AS, &r));
  r.rlim_cur = 2 << 20;
  say("set", setrlimit(RLIMIT_DATA, &r));
  say("sbrk", (long)sbrk(4 << 20));
  map(NULL, 1024, RW, ANON);
  map(NULL, 1024, PROT_READ, ANON);
  map(NULL, 1024, RW, MAP_SHARED | MAP_ANONYMOUS);
  r.rlim_max = 1 << 20;
  say("set", setrlimit(RLIMIT_DATA, &r));
  say("who", getrusage(42, NULL));
  say("where", getrusage(RUSAGE_SELF, NULL));`),
  "a stack that runs into its limit": program(
    `
  struct rlimit r;
  getrlimit(RLIMIT_STACK, &r);
  r.rlim_cur = 1 << 20;
  setrlimit(RLIMIT_STACK, &r);
  printf("%d\\n", deeper(200));
  printf("%d\\n", deeper(2000));`,
    `static int deeper(int n) {
  char frame[1000];
  frame[0] = n;
  return n == 0 ? 0 : 1 + deeper(n - 1) + frame[0] - frame[0];
}`,
  ),
  "a thousand pages from the kernel, or from what is already there": program(
    `
  free(malloc(1 << 20));
  malloc(1000);
  mallopt(M_MMAP_THRESHOLD, 128 * 1024);
  rounds();
  mallopt(M_MMAP_THRESHOLD, 1 << 25);
  rounds();
  mallopt(M_TRIM_THRESHOLD, 1 << 26);
  rounds();`,
    `#include <malloc.h>
static void rounds(void) {
  for (int i = 0; i < 4; i++) {
    long before = faults();
    char *p = malloc(1 << 20);
    for (int at = 0; at < 1 << 20; at += 4096) p[at] = 1;
    free(p);
    printf("%ld\\n", faults() - before);
  }
}`,
  ),
};
