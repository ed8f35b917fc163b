/** pthread.h and sched.h, in the C that our compiler reads. What is declared here is implemented in pthread.ts. */

/** The union of glibc has the same members at the same places; names as its source has them. */
export const pthread = `
#include <stddef.h>
typedef unsigned long pthread_t;
#ifdef __LP64__
typedef struct { long __size[7]; } pthread_attr_t;
#else
typedef struct { long __size[9]; } pthread_attr_t;
#endif
typedef struct { int __kind; } pthread_mutexattr_t;
#ifdef __LP64__
typedef struct { int __lock; unsigned int __count; int __owner; unsigned int __nusers; int __kind; int __spins; void *__list[2]; } pthread_mutex_t;
#define PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP { 0, 0, 0, 0, 1 }
#else
typedef struct { int __lock; unsigned int __count; int __owner; int __kind; unsigned int __nusers; int __spins; } pthread_mutex_t;
#define PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP { 0, 0, 0, 1 }
#endif
#define PTHREAD_MUTEX_INITIALIZER { 0 }
#define PTHREAD_MUTEX_NORMAL 0
#define PTHREAD_MUTEX_DEFAULT 0
#define PTHREAD_MUTEX_RECURSIVE 1
#define PTHREAD_MUTEX_ERRORCHECK 2
int pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*start)(void *), void *argument);
int pthread_join(pthread_t thread, void **result);
int pthread_detach(pthread_t thread);
void pthread_exit(void *result);
pthread_t pthread_self(void);
int pthread_equal(pthread_t a, pthread_t b);
int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attr);
int pthread_mutex_destroy(pthread_mutex_t *mutex);
int pthread_mutex_lock(pthread_mutex_t *mutex);
int pthread_mutex_trylock(pthread_mutex_t *mutex);
int pthread_mutex_unlock(pthread_mutex_t *mutex);
int pthread_mutexattr_init(pthread_mutexattr_t *attr);
int pthread_mutexattr_settype(pthread_mutexattr_t *attr, int kind);
int pthread_mutexattr_destroy(pthread_mutexattr_t *attr);
`;

export const sched = `
int sched_yield(void);
`;
