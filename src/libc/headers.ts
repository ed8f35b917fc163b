/**
 * The headers, in the C that our compiler reads. What is declared here must be implemented in this folder (a test sees to it).
 * Names beginning with __ are ours.
 */
import { mman, resource, wait } from "./system-headers";
import { pthread, sched } from "./thread-headers";

const stddef = `
#ifdef __LP64__
typedef unsigned long size_t;
typedef long ptrdiff_t;
typedef int wchar_t;
#else
typedef unsigned int size_t;
typedef int ptrdiff_t;
typedef long wchar_t;
#endif
#define NULL ((void *)0)
#define offsetof(type, member) ((size_t)&((type *)0)->member)
`;

const stdint = `
typedef signed char int8_t; typedef short int16_t; typedef int int32_t;
typedef unsigned char uint8_t; typedef unsigned short uint16_t; typedef unsigned int uint32_t;
typedef signed char int_least8_t; typedef short int_least16_t; typedef int int_least32_t;
#ifdef __LP64__
typedef long int64_t; typedef unsigned long uint64_t; typedef long int_least64_t;
typedef long intptr_t; typedef unsigned long uintptr_t; typedef long intmax_t; typedef unsigned long uintmax_t;
#else
typedef long long int64_t; typedef unsigned long long uint64_t; typedef long long int_least64_t;
typedef int intptr_t; typedef unsigned int uintptr_t; typedef long long intmax_t; typedef unsigned long long uintmax_t;
#endif
#define INT8_MIN (-128)
#define INT8_MAX 127
#define UINT8_MAX 255
#define INT16_MIN (-32768)
#define INT16_MAX 32767
#define UINT16_MAX 65535
#define INT32_MIN (-2147483647-1)
#define INT32_MAX 2147483647
#define UINT32_MAX 4294967295U
#ifdef __LP64__
#define INT64_MIN (-9223372036854775807L-1)
#define INT64_MAX 9223372036854775807L
#define UINT64_MAX 18446744073709551615UL
#define INTPTR_MIN INT64_MIN
#define INTPTR_MAX INT64_MAX
#define UINTPTR_MAX UINT64_MAX
#define SIZE_MAX 18446744073709551615UL
#define PTRDIFF_MAX 9223372036854775807L
#define PTRDIFF_MIN (-9223372036854775807L-1)
#else
#define INT64_MIN (-9223372036854775807LL-1)
#define INT64_MAX 9223372036854775807LL
#define UINT64_MAX 18446744073709551615ULL
#define INTPTR_MIN INT32_MIN
#define INTPTR_MAX INT32_MAX
#define UINTPTR_MAX UINT32_MAX
#define SIZE_MAX 4294967295U
#define PTRDIFF_MAX 2147483647
#define PTRDIFF_MIN (-2147483647-1)
#endif
`;

const inttypes = `
#include <stdint.h>
#define PRId8 "d"
#define PRId16 "d"
#define PRId32 "d"
#define PRIi32 "i"
#define PRIu8 "u"
#define PRIu16 "u"
#define PRIu32 "u"
#define PRIx8 "x"
#define PRIx16 "x"
#define PRIx32 "x"
#define PRIX32 "X"
#ifdef __LP64__
#define PRId64 "ld"
#define PRIi64 "li"
#define PRIu64 "lu"
#define PRIx64 "lx"
#define PRIX64 "lX"
#define PRIxPTR "lx"
#define PRIuPTR "lu"
#define PRIdPTR "ld"
#else
#define PRId64 "lld"
#define PRIi64 "lli"
#define PRIu64 "llu"
#define PRIx64 "llx"
#define PRIX64 "llX"
#define PRIxPTR "x"
#define PRIuPTR "u"
#define PRIdPTR "d"
#endif
`;

const limits = `
#define CHAR_BIT 8
#define SCHAR_MIN (-128)
#define SCHAR_MAX 127
#define UCHAR_MAX 255
#define CHAR_MIN (-128)
#define CHAR_MAX 127
#define SHRT_MIN (-32768)
#define SHRT_MAX 32767
#define USHRT_MAX 65535
#define INT_MIN (-2147483647-1)
#define INT_MAX 2147483647
#define UINT_MAX 4294967295U
#ifdef __LP64__
#define LONG_MIN (-9223372036854775807L-1)
#define LONG_MAX 9223372036854775807L
#define ULONG_MAX 18446744073709551615UL
#else
#define LONG_MIN (-2147483647L-1)
#define LONG_MAX 2147483647L
#define ULONG_MAX 4294967295UL
#endif
#define LLONG_MIN (-9223372036854775807LL-1)
#define LLONG_MAX 9223372036854775807LL
#define ULLONG_MAX 18446744073709551615ULL
`;

const float = `
#define FLT_MAX 3.40282346638528859812e+38F
#define FLT_MIN 1.17549435082228750797e-38F
#define FLT_EPSILON 1.19209289550781250000e-7F
#define DBL_MAX 1.79769313486231570815e+308
#define DBL_MIN 2.22507385850720138309e-308
#define DBL_EPSILON 2.22044604925031308085e-16
`;

const bool = `
#define bool _Bool
#define true 1
#define false 0
`;

const stdio = `
#include <stddef.h>
typedef struct __FILE FILE;
FILE *__stdin(void);
FILE *__stdout(void);
FILE *__stderr(void);
#define stdin (__stdin())
#define stdout (__stdout())
#define stderr (__stderr())
#define EOF (-1)
#define BUFSIZ 8192
#define _IOFBF 0
#define _IOLBF 1
#define _IONBF 2
int printf(const char *format, ...);
int fprintf(FILE *stream, const char *format, ...);
int dprintf(int fd, const char *format, ...);
int sprintf(char *s, const char *format, ...);
int snprintf(char *s, size_t n, const char *format, ...);
int puts(const char *s);
int putchar(int c);
int getchar(void);
int getc(FILE *stream);
int fgetc(FILE *stream);
int ungetc(int c, FILE *stream);
char *fgets(char *s, int n, FILE *stream);
size_t fread(void *p, size_t size, size_t n, FILE *stream);
int scanf(const char *format, ...);
int fscanf(FILE *stream, const char *format, ...);
int sscanf(const char *s, const char *format, ...);
int feof(FILE *stream);
int ferror(FILE *stream);
void clearerr(FILE *stream);
int putc(int c, FILE *stream);
int fputc(int c, FILE *stream);
int fputs(const char *s, FILE *stream);
size_t fwrite(const void *p, size_t size, size_t n, FILE *stream);
int fflush(FILE *stream);
void setbuf(FILE *stream, char *buf);
int setvbuf(FILE *stream, char *buf, int mode, size_t size);
void setlinebuf(FILE *stream);
void perror(const char *s);
`;

const stdlib = `
#include <stddef.h>
#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1
#define RAND_MAX 2147483647
typedef struct { int quot; int rem; } div_t;
typedef struct { long quot; long rem; } ldiv_t;
void *malloc(size_t size);
void free(void *p);
void *calloc(size_t count, size_t size);
void *realloc(void *p, size_t size);
void *reallocarray(void *p, size_t count, size_t size);
void *aligned_alloc(size_t alignment, size_t size);
int posix_memalign(void **result, size_t alignment, size_t size);
void *valloc(size_t size);
void exit(int code);
void _Exit(int code);
void abort(void);
int abs(int x);
long labs(long x);
long long llabs(long long x);
int atoi(const char *s);
long atol(const char *s);
long long atoll(const char *s);
double atof(const char *s);
long strtol(const char *s, char **end, int base);
unsigned long strtoul(const char *s, char **end, int base);
long long strtoll(const char *s, char **end, int base);
unsigned long long strtoull(const char *s, char **end, int base);
int rand(void);
void srand(unsigned int seed);
char *getenv(const char *name);
`;

const string = `
#include <stddef.h>
void *memset(void *s, int c, size_t n);
void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *mempcpy(void *to, const void *from, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *s, int c, size_t n);
char *strcpy(char *to, const char *from);
char *stpcpy(char *to, const char *from);
char *strncpy(char *to, const char *from, size_t n);
char *strcat(char *to, const char *from);
char *strncat(char *to, const char *from, size_t n);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t n);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
int strcasecmp(const char *a, const char *b);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);
char *strstr(const char *haystack, const char *needle);
size_t strspn(const char *s, const char *accept);
size_t strcspn(const char *s, const char *reject);
char *strpbrk(const char *s, const char *accept);
char *strtok(char *s, const char *separators);
char *strtok_r(char *s, const char *separators, char **rest);
char *strdup(const char *s);
char *strndup(const char *s, size_t n);
char *strerror(int e);
void explicit_bzero(void *s, size_t n);
`;

const ctype = `
int isalpha(int c); int isdigit(int c); int isalnum(int c); int isspace(int c); int isupper(int c); int islower(int c);
int ispunct(int c); int isprint(int c); int isxdigit(int c); int iscntrl(int c); int isgraph(int c); int toupper(int c); int tolower(int c);
`;

const malloc = `
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#define M_MXFAST 1
#define M_TRIM_THRESHOLD (-1)
#define M_TOP_PAD (-2)
#define M_MMAP_THRESHOLD (-3)
#define M_MMAP_MAX (-4)
#define M_CHECK_ACTION (-5)
#define M_PERTURB (-6)
#define M_ARENA_TEST (-7)
#define M_ARENA_MAX (-8)
struct mallinfo { int arena, ordblks, smblks, hblks, hblkhd, usmblks, fsmblks, uordblks, fordblks, keepcost; };
struct mallinfo2 { size_t arena, ordblks, smblks, hblks, hblkhd, usmblks, fsmblks, uordblks, fordblks, keepcost; };
void *memalign(size_t alignment, size_t size);
void *pvalloc(size_t size);
size_t malloc_usable_size(void *p);
int mallopt(int param, int value);
int malloc_trim(size_t pad);
struct mallinfo mallinfo(void);
struct mallinfo2 mallinfo2(void);
void malloc_stats(void);
int malloc_info(int options, FILE *stream);
`;

const unistd = `
#include <stddef.h>
#include <stdint.h>
#ifdef __LP64__
typedef long ssize_t;
#else
typedef int ssize_t;
#endif
typedef long off_t;
#define STDIN_FILENO 0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2
#define _SC_PAGESIZE 30
#define _SC_PAGE_SIZE 30
#define _SC_PHYS_PAGES 85
void *sbrk(intptr_t increment);
int brk(void *addr);
int getpagesize(void);
long sysconf(int name);
unsigned int sleep(unsigned int seconds);
int usleep(unsigned int microseconds);
typedef int pid_t;
pid_t getpid(void);
pid_t getppid(void);
pid_t fork(void);
pid_t vfork(void);
ssize_t read(int fd, void *p, size_t n);
ssize_t write(int fd, const void *p, size_t n);
void _exit(int code);
`;

const errno = `
int *__errno_location(void);
#define errno (*__errno_location())
#define EPERM 1
#define ENOENT 2
#define EINTR 4
#define EIO 5
#define EBADF 9
#define ECHILD 10
#define EAGAIN 11
#define ENOMEM 12
#define EDEADLK 35
#define EBUSY 16
#define ESRCH 3
#define EACCES 13
#define EFAULT 14
#define EEXIST 17
#define ENODEV 19
#define EINVAL 22
#define ERANGE 34
`;

const assertion = `
void __assert_fail(const char *expression, const char *file, unsigned int line, const char *function);
#undef assert
#ifdef NDEBUG
#define assert(expression) ((void)0)
#else
#define assert(expression) ((expression) ? (void)0 : __assert_fail(#expression, __FILE__, __LINE__, __func__))
#endif
#define static_assert _Static_assert
`;

const math = `
double sqrt(double x); double fabs(double x); double floor(double x); double ceil(double x); double pow(double x, double y); double fmod(double x, double y);
double sin(double x); double cos(double x); double exp(double x); double log(double x); double round(double x); double trunc(double x);
`;

export const headers: ReadonlyMap<string, string> = new Map([
  ["stddef.h", stddef],
  ["stdint.h", stdint],
  ["inttypes.h", inttypes],
  ["limits.h", limits],
  ["float.h", float],
  ["stdbool.h", bool],
  ["stdio.h", stdio],
  ["stdlib.h", stdlib],
  ["string.h", string],
  ["strings.h", string],
  ["ctype.h", ctype],
  ["malloc.h", malloc],
  ["unistd.h", unistd],
  ["sys/mman.h", mman],
  ["sys/resource.h", resource],
  ["sys/wait.h", wait],
  ["sys/types.h", `#include <stddef.h>\n#include <unistd.h>\n`],
  ["errno.h", errno],
  ["assert.h", assertion],
  ["math.h", math],
  ["pthread.h", pthread],
  ["sched.h", sched],
]);

/** Which header declares each function: read from the texts. */
export const functionHeaders: ReadonlyMap<string, string> = new Map(
  [...headers]
    .flatMap(([header, text]) =>
      [...text.matchAll(/(\w+)\((?:[^()]|\([^()]*\))*\);/g)].map((m): [string, string] => [m[1] ?? "", header]),
    )
    .toReversed(),
);
