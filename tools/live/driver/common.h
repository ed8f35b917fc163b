/* What the driver's parts share: widths, its own memory, and its output. The driver never calls malloc: all it needs lies in one fixed
 * mapping far from the heap and from where the kernel places mappings. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <gnu/libc-version.h>
#include <linux/futex.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

typedef uintptr_t word;
typedef unsigned char byte;

/* Of glibc 2.36. The mapping of 32-bit recordings is the one that the replay of such a recording leaves a hole for. */
#if UINTPTR_MAX > 0xffffffffu
#define ABI "amd64"
#define OWN_START 0x100000000000
#define OWN_BYTES (6ull << 30)
#define SHADOW_MAX (256u << 20)
#define TCACHE_KEY 0x5ca1ab1e0ddba11b
enum { ARENA_BYTES = 2200, ARENA_TOP = 96, ARENA_NEXT = 2160, PAR_BYTES = 136, ARENA_TEST = 8, HEAP_MAX = 64 << 20 };
#else
#define ABI "i386"
#define OWN_START 0x10000000
#define OWN_BYTES 0x10000000
#define SHADOW_MAX (64u << 20)
#define TCACHE_KEY 0x0ddba11b
enum { ARENA_BYTES = 1116, ARENA_TOP = 56, ARENA_NEXT = 1096, PAR_BYTES = 76, ARENA_TEST = 2, HEAP_MAX = 1 << 20 };
#endif
enum {
  W = sizeof(word),
  ARENA_ATTACHED = ARENA_NEXT + 2 * W,
  ARENA_SYSTEM_MEM = ARENA_NEXT + 3 * W,
  HEAP_PREV = W,
  HEAP_SIZE = 2 * W,
  SLOTS = 65536,
  HEAPS = 64,
  THREADS = 64,
  SCRIPT_MAX = 4 << 20,
  OUTPUT_MAX = 32 << 20,
  MAPS_MAX = 1 << 20,
};

static word ownNext = OWN_START;
static byte *output;
static size_t outputBytes;
static int outputFd = 1;

static void die(const char *why) {
  (void)!write(outputFd == 1 ? 2 : outputFd, why, strlen(why));
  _exit(99);
}

static void reserveOwn(void) {
  const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE | MAP_NORESERVE;
  void *p = mmap((void *)(word)OWN_START, OWN_BYTES, PROT_READ | PROT_WRITE, flags, -1, 0);
  if (p != (void *)(word)OWN_START) die("cannot map the driver's own memory\n");
}
/* Page-aligned and zero. */
static void *own(size_t bytes) {
  word at = ownNext;
  ownNext += (bytes + 4095) & ~(size_t)4095;
  if (ownNext - OWN_START > OWN_BYTES) die("the driver's own memory is too small\n");
  return (void *)at;
}

/* ---- output ------------------------------------------------------------------------------------------------------------ */
static void put(char c) {
  if (outputBytes == OUTPUT_MAX) die("too much output\n");
  output[outputBytes++] = c;
}
static void text(const char *s) { while (*s) put(*s++); }
static void hexDigits(uint64_t v, int least) {
  for (int shift = 60; shift >= 0; shift -= 4)
    if (v >> shift || shift < 4 * least) put("0123456789abcdef"[v >> shift & 15]);
}
/* A field's name, with a comma unless it is the first of its object. */
static void name(const char *n) {
  if (outputBytes && output[outputBytes - 1] != '{') put(',');
  put('"'), text(n), text("\":");
}
static void hexField(const char *n, uint64_t v) { name(n), text("\"0x"), hexDigits(v, 1), put('"'); }
static void decimal(int64_t v) {
  char digits[24];
  int n = 0;
  uint64_t u = v < 0 ? put('-'), -(uint64_t)v : (uint64_t)v;
  do digits[n++] = '0' + u % 10;
  while (u /= 10);
  while (n) put(digits[--n]);
}
static void decimalField(const char *n, int64_t v) { name(n), decimal(v); }
static void quoted(const byte *s, size_t n) {
  put('"');
  for (size_t i = 0; i < n; i++) {
    if (s[i] == '"' || s[i] == '\\') put('\\'), put(s[i]);
    else if (s[i] < 32 || s[i] > 126) text("\\u00"), hexDigits(s[i], 2);
    else put(s[i]);
  }
  put('"');
}
static void textField(const char *n, const char *s) { name(n), quoted((const byte *)s, strlen(s)); }
static void base64Field(const char *field, const byte *p, size_t n) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  name(field), put('"');
  for (size_t i = 0; i < n; i += 3) {
    unsigned v = p[i] << 16 | (i + 1 < n ? p[i + 1] << 8 : 0) | (i + 2 < n ? p[i + 2] : 0);
    put(digits[v >> 18]), put(digits[v >> 12 & 63]);
    put(i + 1 < n ? digits[v >> 6 & 63] : '='), put(i + 2 < n ? digits[v & 63] : '=');
  }
  put('"');
}
static void flush(void) {
  for (size_t done = 0; done < outputBytes;) {
    ssize_t n = write(outputFd, output + done, outputBytes - done);
    if (n <= 0) _exit(98);
    done += n;
  }
  outputBytes = 0;
}

static word number(const byte *p, const byte **end) {
  word v = 0;
  for (;; p++) {
    if (*p >= '0' && *p <= '9') v = v * 16 + *p - '0';
    else if (*p >= 'a' && *p <= 'f') v = v * 16 + *p - 'a' + 10;
    else break;
  }
  *end = p;
  return v;
}
