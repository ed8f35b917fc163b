/** C programs whose output on a real process is the answer: pointers included. */
const program = (body: string, before = ""): string => `#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
${before}
int main(int argc, char **argv) {
${body}
  return 0;
}
`;

export const programs: Readonly<Record<string, string>> = {
  "pointers of all sizes": program(`
  for (int i = 0; i < 200; i++) {
    char *p = malloc(i * 37 % 3000);
    printf("%p\\n", (void *)p);
    if (i % 3 == 0) free(p);
  }`),
  "a random walk over malloc, free, realloc and calloc": program(`
  char *slot[32];
  unsigned s = 42;
  memset(slot, 0, sizeof slot);
  for (int i = 0; i < 3000; i++) {
    s = s * 1103515245u + 12345u;
    int k = (s >> 16) % 32;
    unsigned long n = (s >> 7) % ((s >> 28) == 0 ? 200000 : 1500);
    switch ((s >> 24) % 4) {
      case 0: free(slot[k]); slot[k] = malloc(n); break;
      case 1: slot[k] = realloc(slot[k], n + 1); break;
      case 2: free(slot[k]); slot[k] = calloc(n / 8 + 1, 8); break;
      default: free(slot[k]); slot[k] = NULL;
    }
    printf("%d %p %lu\\n", k, (void *)slot[k], slot[k] ? (unsigned long)malloc_usable_size(slot[k]) : 0ul);
  }`),
  "aligned blocks": program(`
  for (unsigned long a = 8; a <= 16384; a *= 2) {
    void *p = memalign(a, 100), *q = aligned_alloc(a, a * 2), *r = NULL;
    int e = posix_memalign(&r, a, 33);
    printf("%p %p %d %p\\n", p, q, e, r);
    free(q);
    if (a % 3 == 1) free(p);
  }
  void *v = valloc(10), *w = pvalloc(5000);
  printf("%p %p %d\\n", v, w, posix_memalign(&v, 12, 1));`),
  "requests that fail": program(`
  errno = 0;
  void *p = malloc((size_t)-1);
  printf("%p %d\\n", p, errno == ENOMEM);
  errno = 0;
  p = calloc((size_t)1 << 40, (size_t)1 << 40);
  printf("%p %d\\n", p, errno == ENOMEM);
  void *q = malloc(10);
  p = realloc(q, (size_t)-100);
  printf("%p %s\\n", p, q ? "old block lives" : "");`),
  statistics: program(`
  char *a[20];
  for (int i = 0; i < 20; i++) a[i] = malloc(100 * i);
  for (int i = 0; i < 20; i += 2) free(a[i]);
  char *big = malloc(500000);
  struct mallinfo2 m = mallinfo2();
  printf("%lu %lu %lu %lu %lu %lu %lu %lu %lu %lu\\n", m.arena, m.ordblks, m.smblks, m.hblks, m.hblkhd, m.usmblks, m.fsmblks, m.uordblks, m.fordblks, m.keepcost);
  malloc_stats();
  malloc_info(0, stdout);
  free(big);`),
  "options and trimming": program(`
  printf("%d %d\\n", mallopt(M_MMAP_THRESHOLD, 100000), mallopt(M_MXFAST, 0));
  char *a = malloc(120000), *b = malloc(90000), *c = malloc(24);
  printf("%p %p %p\\n", (void *)a, (void *)b, (void *)c);
  free(b);
  printf("%d %d\\n", malloc_trim(0), malloc_trim(0));
  b = malloc(90000);
  printf("%p\\n", (void *)b);
  printf("%d\\n", mallopt(M_PERTURB, 0x55));
  unsigned char *p = malloc(2000);
  printf("%02x %02x\\n", p[0], p[1999]);`),
  "stdio's own buffer": program(`
  char *a = malloc(24);
  printf("hello\\n");
  char *b = malloc(24);
  printf("%p %p\\n", (void *)a, (void *)b);
  puts("puts");
  putchar('x');
  fprintf(stderr, "to stderr %d\\n", 7);`),
  formats: program(`
  printf("[%5d|%-5d|%05d|%+d|%x|%#X|%o|%u|%c|%s|%.2s|%10s|%-10s|%%|%ld|%lu|%zu]\\n", 42, 42, 42, 42, 255, 255, 8, 7u, 'a', "str", "str", "str", "str", -5l, 5ul, sizeof(int));
  printf("[%5.2f|%e|%g|%.0f]\\n", 3.14159, 12345.678, 0.0001, 2.5);
  char text[64];
  int n = snprintf(text, 10, "%s-%d", "abcdefgh", 12345);
  printf("%d %s\\n", n, text);`),
  "lists and structs": program(
    `
  struct node *head = NULL;
  for (int i = 0; i < 10; i++) head = push(head, i * i);
  int sum = 0;
  for (struct node *n = head; n; n = n->next) sum += n->value;
  printf("%d %p\\n", sum, (void *)head);
  while (head) { struct node *next = head->next; free(head); head = next; }
  printf("%p\\n", malloc(sizeof(struct node)));`,
    `struct node { int value; struct node *next; char pad[40]; };
struct node *push(struct node *head, int value) {
  struct node *n = malloc(sizeof *n);
  n->value = value;
  n->next = head;
  return n;
}`,
  ),
  "globals, statics and strings": program(
    `
  printf("%d %d %s %lu\\n", counter, next(), words[2], sizeof table / sizeof table[0]);
  next();
  printf("%d %s\\n", next(), strchr("find me", 'm'));
  char copy[20];
  strcpy(copy, words[0]);
  strcat(copy, words[1]);
  printf("%s %d %d\\n", copy, strcmp(copy, "onetwo"), (int)strlen(copy));`,
    `int counter = 3;
int table[7] = {1, 2, 3};
const char *words[] = {"one", "two", "three"};
int next(void) { static int n = 10; return n++; }`,
  ),
  "arguments and exit status": program(`
  for (int i = 1; i < argc; i++) printf("%d %s\\n", i, argv[i]);
  exit(argc + 40);`),
  "a null pointer": program(`
  printf("before\\n");
  fflush(stdout);
  *(volatile int *)0 = 1;`),
  "abort()": program(`
  puts("never seen: the buffer is lost");
  abort();`),
  "an interior pointer is freed": program(`
  char *p = malloc(100);
  free(p + 16);`),
  "a misaligned pointer is freed": program(`
  char *p = malloc(100);
  free(p + 8);`),
  "double free in the tcache": program(`
  char *p = malloc(100);
  free(p);
  free(p);`),
  "double free in a fastbin": program(`
  char *t[8];
  for (int i = 0; i < 8; i++) t[i] = malloc(24);
  for (int i = 0; i < 8; i++) free(t[i]);
  free(t[7]);`),
  "double free of a large block": program(`
  char *p = malloc(2000), *q = malloc(2000);
  free(p);
  free(p);`),
  "a size word is overwritten": program(`
  char *p = malloc(24), *q = malloc(2000), *r = malloc(24);
  memset(p, 0x41, 32);
  free(q);`),
  "the top size is overwritten": program(`
  char *p = malloc(24);
  memset(p, 0xff, 40);
  malloc(300);
  malloc(200000 - 100000);
  ((long *)p)[3] = 3;
  malloc(100000);`),
  "an unlinked neighbour is inconsistent": program(`
  long *p = malloc(2000), *q = malloc(2000), *r = malloc(24);
  free(p);
  p[0] = p[1] = (long)q;
  free(q);`),
  "a block that was never mmapped claims to be": program(`
  long *p = malloc(100);
  p[-1] |= 2;
  free(p);`),
  "realloc of a freed block": program(`
  long *p = malloc(2000);
  p[-1] = 8;
  realloc(p, 3000);`),
};
