/*
 * Performs system calls on this machine's kernel, one a line of standard input, and prints after each what /proc says of this process.
 * No C library: nothing but the calls asked for may change the address space. Static, with or without -m32.
 *
 *   driver A B      two files that mmap can map as number 0 and 1
 *
 * Answer:  = RESULT FAULTS SIGNAL CODE ADDRESS, then a report for pm, mincore and smaps, then the texts of /proc/self/status and maps, and
 * a line that says end. The first answer is to no call; its report says where things are: `page0 STACK brk BREAK auxv WORDS`.
 *
 * Processes take turns: `fork N` makes number N, which waits; `on N` lets it go on and answers from there; `exit CODE` ends the one that
 * runs, and its parent answers with what wait4 told.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stddef.h>
#include <sys/resource.h>
#include <ucontext.h>

#ifdef __x86_64__
enum { READ = 0, WRITE = 1, OPEN = 2, CLOSE = 3, MPROTECT = 10, MUNMAP = 11, BRK = 12, SIGACTION = 13, PREAD = 17, MREMAP = 25, MINCORE = 27,
       MADVISE = 28, EXIT = 60, GETRLIMIT = 97, GETRUSAGE = 98, SIGALTSTACK = 131, SETRLIMIT = 160, MMAP = 9, PIPE = 22, FORK = 57, WAIT4 = 61, KILL = 62, SETPGID = 109, AFFINITY = 203 };

static long call6(long n, long a, long b, long c, long d, long e, long f) {
  register long r10 asm("r10") = d, r8 asm("r8") = e, r9 asm("r9") = f;
  long result;
  asm volatile("syscall" : "=a"(result) : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
  return result;
}
asm(".globl back\nback: mov $15, %eax\n syscall");
asm("reads: movb (%rdi), %al\nlanded: ret\nwrites: lock orb $0, (%rdi)\n ret");
enum { INSTRUCTION = REG_RIP };
asm(".globl _start\n_start: xor %ebp, %ebp\n mov %rsp, %rdi\n and $-16, %rsp\n call begin");
#else
enum { READ = 3, WRITE = 4, OPEN = 5, CLOSE = 6, MPROTECT = 125, MUNMAP = 91, BRK = 45, SIGACTION = 174, PREAD = 180, MREMAP = 163,
       MINCORE = 218, MADVISE = 219, EXIT = 1, GETRLIMIT = 191, GETRUSAGE = 77, SIGALTSTACK = 186, SETRLIMIT = 75, MMAP = 192, PIPE = 42, FORK = 2, WAIT4 = 114, KILL = 37, SETPGID = 57, AFFINITY = 241 };

static long call6(long n, long a, long b, long c, long d, long e, long f) {
  long result;
  asm volatile("pushl %7\n pushl %%ebp\n movl 4(%%esp), %%ebp\n int $0x80\n popl %%ebp\n addl $4, %%esp"
               : "=a"(result) : "a"(n), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e), "g"(f) : "memory");
  return result;
}
asm(".globl back\nback: mov $173, %eax\n int $0x80");
asm("reads: mov 4(%esp), %eax\n movb (%eax), %al\nlanded: ret\nwrites: mov 4(%esp), %eax\n lock orb $0, (%eax)\n ret");
enum { INSTRUCTION = REG_EIP };
asm(".globl _start\n_start: xor %ebp, %ebp\n mov %esp, %eax\n and $-16, %esp\n sub $12, %esp\n push %eax\n call begin");
#endif

#define call(n, a, b, c) call6((n), (long)(a), (long)(b), (long)(c), 0, 0, 0)

typedef unsigned long word;
enum { PAGE = 4096, STACK_PAGES = 2, PROCESSES = 8, ALTERNATE = 65536, BUFFER = 1 << 19 };

/** The kernel's own struct, which differs from the C library's. */
struct action {
  void (*handler)(int, siginfo_t *, void *);
  word flags;
  void (*restorer)(void);
  word mask[64 / sizeof(word)];
};

#pragma GCC visibility push(hidden)
extern void back(void);
/* One access; a write changes nothing and reads nothing first. Where a fault happens it goes on at `landed`. */
extern void reads(word at), writes(word at), landed(void);
extern char __executable_start[], __bss_start[], end[];
#pragma GCC visibility pop
static char out[BUFFER], in[4096], alternate[ALTERNATE];
static word out_used, in_used, in_at;
static int files[2], pagemap, pipes[PROCESSES][2], me, parents[PROCESSES], family;
static volatile struct { int number, code; word at; } caught;

static void flush(void) {
  for (word done = 0; done < out_used;) {
    long n = call(WRITE, 1, out + done, out_used - done);
    if (n <= 0) call(EXIT, 1, 0, 0);
    done += n;
  }
  out_used = 0;
}

static void letter(char c) {
  if (out_used == BUFFER) flush();
  out[out_used++] = c;
}
static void text(const char *s) {
  while (*s) letter(*s++);
}
static void hex(word n) {
  text("0x");
  int shift = sizeof n * 8 - 4;
  while (shift > 0 && n >> shift == 0) shift -= 4;
  for (; shift >= 0; shift -= 4) letter("0123456789abcdef"[n >> shift & 15]);
}
static void decimal(long n) {
  char digits[24];
  int used = 0;
  word rest = n < 0 ? -(word)n : (word)n;
  do digits[used++] = '0' + rest % 10;
  while (rest /= 10);
  if (n < 0) letter('-');
  while (used) letter(digits[--used]);
}
static void file(const char *path) {
  long from = call(OPEN, path, 0, 0), n;
  for (;;) {
    if (out_used > BUFFER - PAGE) flush();
    n = call(READ, from, out + out_used, PAGE);
    if (n <= 0) break;
    out_used += n;
  }
  call(CLOSE, from, 0, 0);
}

static int next_char(void) {
  if (in_at == in_used) {
    long n = call(READ, 0, in, sizeof in);
    if (n <= 0 && family) call(KILL, 0, SIGKILL, 0);
    if (n <= 0) call(EXIT, 0, 0, 0);
    in_used = n, in_at = 0;
  }
  return in[in_at++];
}

/** A line: its name, and its numbers, decimal or 0x…. */
static void line(char name[16], word args[6]) {
  int used = 0, c = next_char();
  for (; c != ' ' && c != '\n'; c = next_char()) if (used < 15) name[used++] = c;
  name[used] = 0;
  for (int i = 0; i < 6; i++) args[i] = 0;
  for (int i = 0; c != '\n' && i < 6; i++) {
    word n = 0, base = 10, negative = 0;
    for (c = next_char(); c != ' ' && c != '\n'; c = next_char()) {
      if (c == '-') negative = 1;
      else if (c == 'x') base = 16;
      else n = n * base + (c <= '9' ? c - '0' : c - 'a' + 10);
    }
    args[i] = negative ? -n : n;
  }
}

static void on_signal(int number, siginfo_t *info, void *context) {
  caught.number = number, caught.code = info->si_code, caught.at = (word)info->si_addr;
  ((ucontext_t *)context)->uc_mcontext.gregs[INSTRUCTION] = (greg_t)landed;
}

/** Touches pages until one faults fatally; how many did not. */
static long touch_range(word from, word bytes, int write) {
  long touched = 0;
  for (word at = from; at < from + bytes; at = (at / PAGE + 1) * PAGE, touched++) {
    (write ? writes : reads)(at);
    if (caught.number) break;
  }
  return touched;
}
static long touch_stack(word page0, word pages) {
  for (word done = 0; done < pages; done++) {
    writes(page0 - (done + 1) * PAGE);
    if (caught.number) return done;
  }
  return pages;
}

/** State of each page, a letter a page. */
static void page_map(word addr, word bytes) {
  static unsigned long long entries[512];
  word pages = (bytes + PAGE - 1) / PAGE;
  for (word done = 0; done < pages;) {
    word some = pages - done < 512 ? pages - done : 512;
    unsigned long long offset = ((unsigned long long)addr / PAGE + done) * 8;
    long n = call6(PREAD, pagemap, (long)entries, some * 8, (long)offset, sizeof(long) == 4 ? (long)(offset >> 32) : 0, 0);
    if (n <= 0) break;
    for (word i = 0; i < (word)n / 8; i++) {
      int present = entries[i] >> 63, shared = entries[i] >> 61 & 1, exclusive = entries[i] >> 56 & 1;
      letter(!present ? '.' : shared ? 'F' : exclusive ? 'A' : 'z');
    }
    done += n / 8;
  }
}

static long set_limit(int which, word bytes) {
  word limits[2];
  call(GETRLIMIT, which, limits, 0);
  limits[0] = bytes;
  return call(SETRLIMIT, which, limits, 0);
}

static int is(const char *a, const char *b) {
  while (*a && *a == *b) a++, b++;
  return *a == *b;
}

/** Everything of its own is there and its own, so that nothing of it shows up later. */
static void settle(word page0) {
  for (word at = (word)__executable_start; at < (word)end; at += PAGE) (at + PAGE > (word)__bss_start ? writes : reads)(at);
  for (int i = 0; i <= STACK_PAGES; i++) writes(page0 - i * PAGE);
}

/** Sleeps until it is this process's turn. What wait4 tells when the one before has ended. */
static long wait_turn(void) {
  char ended = 0;
  int status = 0;
  call(READ, pipes[me][0], &ended, 1);
  if (ended) call6(WAIT4, -1, (long)&status, 0, 0, 0, 0);
  return status;
}
static void give_turn(int to, char ended) { call(WRITE, pipes[to][1], &ended, 1); }
static long hand_over(int to) {
  give_turn(to, 0);
  return wait_turn();
}
static long end_process(int code) {
  give_turn(parents[me], 1);
  return call(EXIT, code, 0, 0);
}
static long fork_process(int number, word page0) {
  if (!family) call(SETPGID, 0, 0, 0), family = 1;
  long pid = call(FORK, 0, 0, 0);
  if (pid < 0) return pid;
  if (pid == 0) {
    parents[number] = me, me = number;
    call(CLOSE, pagemap, 0, 0);
    pagemap = call(OPEN, "/proc/self/pagemap", 0, 0);
    wait_turn();
    settle(page0);
    hand_over(parents[number]);
    return 0;
  }
  settle(page0);
  hand_over(number);
  return number;
}

static unsigned char core[PAGE];
static long perform(const char *name, word *a, word page0) {
  int fd = (long)a[4] < 0 || a[4] > 1 ? -1 : files[a[4]];
  if (is(name, "mmap")) return call6(MMAP, a[0], a[1], a[2], a[3], fd, sizeof(long) == 8 ? a[5] * PAGE : a[5]);
  if (is(name, "munmap")) return call(MUNMAP, a[0], a[1], 0);
  if (is(name, "mprotect")) return call(MPROTECT, a[0], a[1], a[2]);
  if (is(name, "mremap")) return call6(MREMAP, a[0], a[1], a[2], a[3], a[4], 0);
  if (is(name, "madvise")) return call(MADVISE, a[0], a[1], a[2]);
  if (is(name, "brk")) return call(BRK, a[0], 0, 0);
  if (is(name, "rlimit")) return set_limit(a[0], a[1]);
  if (is(name, "r")) return touch_range(a[0], a[1], 0);
  if (is(name, "w")) return touch_range(a[0], a[1], 1);
  if (is(name, "stack")) return touch_stack(page0, a[0]);
  if (is(name, "mincore")) return call(MINCORE, a[0], a[1], core);
  if (is(name, "fork")) return fork_process(a[0], page0);
  if (is(name, "on")) return hand_over(a[0]);
  if (is(name, "exit")) return end_process(a[0]);
  return 0;
}

static void report(const char *name, word *a, long value) {
  if (is(name, "pm")) page_map(a[0], a[1]), letter('\n');
  if (is(name, "smaps")) file("/proc/self/smaps");
  if (is(name, "mincore") && value == 0) {
    for (word i = 0; i < (a[1] + PAGE - 1) / PAGE; i++) letter('0' + (core[i] & 1));
    letter('\n');
  }
}

/** Nothing is ever read from the disk here: what counts as major is a minor fault that had to be tried twice. */
static long faults(void) {
  static struct rusage usage;
  call(GETRUSAGE, RUSAGE_SELF, &usage, 0);
  return usage.ru_minflt + usage.ru_majflt;
}

static void finish(void) {
  file("/proc/self/status");
  file("/proc/self/maps");
  text("end\n");
  flush();
}

static void result(long value, int is_address, long flt) {
  text("= ");
  if (is_address && (word)value < (word)-4095) hex(value);
  else decimal(value);
  letter(' '), decimal(flt);
  letter(' '), decimal(caught.number), letter(' '), decimal(caught.code), letter(' '), hex(caught.at), letter('\n');
}

__attribute__((used, noreturn)) void begin(word *stack) {
  char **argv = (char **)(stack + 1), **environment = argv + stack[0] + 1;
  while (*environment) environment++;
  word *auxv = (word *)(environment + 1);
  word page0 = (word)stack & -(word)PAGE;
  for (int i = 0; i < 2; i++) files[i] = call(OPEN, argv[1 + i], 2, 0);
  pagemap = call(OPEN, "/proc/self/pagemap", 0, 0);
  stack_t signals = {.ss_sp = alternate, .ss_size = sizeof alternate};
  call(SIGALTSTACK, &signals, 0, 0);
  struct action action = {on_signal, SA_SIGINFO | SA_ONSTACK | SA_NODEFER | 0x04000000, back, {0}};
  call6(SIGACTION, SIGSEGV, (long)&action, 0, 8, 0, 0);
  call6(SIGACTION, SIGBUS, (long)&action, 0, 8, 0, 0);
  for (int i = 0; i < PROCESSES; i++) call(PIPE, pipes[i], 0, 0);
  /* On one processor, so that what the kernel keeps by processor is emptied where it has to be. */
  word processors = 1;
  call(AFFINITY, 0, sizeof processors, &processors);
  settle(page0);
  result(0, 0, faults());
  text("page0 "), hex(page0), text(" brk "), hex(call(BRK, 0, 0, 0)), text(" auxv");
  for (; auxv[0]; auxv += 2) letter(' '), decimal(auxv[0]), letter('='), hex(auxv[1]);
  letter('\n');
  finish();
  for (;;) {
    char name[16];
    word args[6];
    line(name, args);
    caught.number = 0, caught.code = 0, caught.at = 0;
    long before = faults();
    long value = perform(name, args, page0);
    /* Of another process, or of what both do to come apart. */
    int moved = is(name, "fork") || is(name, "on") || is(name, "exit");
    long flt = moved ? 0 : faults() - before;
    result(value, is(name, "mmap") || is(name, "mremap") || is(name, "brk"), flt);
    report(name, args, value);
    finish();
  }
}
