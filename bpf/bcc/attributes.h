#define SEC(name) __attribute__((section(name), used))

#define __always_inline inline __attribute__((always_inline))

#define __noinline __attribute__((noinline))

#define __packed __attribute__((packed))

#define __aligned(n) __attribute__((aligned(n)))

#define __maybe_unused __attribute__((unused))

#define __user

#define __kernel

#define __iomem

#define __percpu

#define __rcu

#define __force

#define __bitwise

#define __init

#define NULL ((void *)0)

#define true 1

#define false 0

#define offsetof(type, member) __builtin_offsetof(type, member)

#define container_of(ptr, type, member) ((type *)((void *)(ptr) - __builtin_offsetof(type, member)))

#define likely(x) __builtin_expect(!!(x), 1)

#define unlikely(x) __builtin_expect(!!(x), 0)

#define READ_ONCE(x) (*(const volatile __typeof__(x) *)&(x))

#define WRITE_ONCE(x, value) (*(volatile __typeof__(x) *)&(x) = (value))

#define barrier() __asm__ volatile("" ::: "memory")

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#define memset(to, byte, size) __builtin_memset(to, byte, size)

#define memcpy(to, from, size) __builtin_memcpy(to, from, size)

#define memmove(to, from, size) __builtin_memmove(to, from, size)

#define KERNEL_VERSION(major, minor, patch) (((major) << 16) + ((minor) << 8) + ((patch) > 255 ? 255 : (patch)))

#define min_t(type, a, b) ({ type bcc_ts_a = (a); type bcc_ts_b = (b); bcc_ts_a < bcc_ts_b ? bcc_ts_a : bcc_ts_b; })

#define max_t(type, a, b) ({ type bcc_ts_a = (a); type bcc_ts_b = (b); bcc_ts_a > bcc_ts_b ? bcc_ts_a : bcc_ts_b; })

#define min(a, b) ({ __auto_type bcc_ts_a = (a); __auto_type bcc_ts_b = (b); bcc_ts_a < bcc_ts_b ? bcc_ts_a : bcc_ts_b; })

#define max(a, b) ({ __auto_type bcc_ts_a = (a); __auto_type bcc_ts_b = (b); bcc_ts_a > bcc_ts_b ? bcc_ts_a : bcc_ts_b; })
