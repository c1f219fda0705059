#define KFUNC_PROBE(event, arguments...) int kfunc__##event(unsigned long long *ctx, ##arguments)

#define KRETFUNC_PROBE(event, arguments...) int kretfunc__##event(unsigned long long *ctx, ##arguments)

#define MODULE_KFUNC_PROBE(module, event, arguments...) int kfunc__##module##__##event(unsigned long long *ctx, ##arguments)

#define MODULE_KRETFUNC_PROBE(module, event, arguments...) int kretfunc__##module##__##event(unsigned long long *ctx, ##arguments)

#define KMOD_RET(event, arguments...) int kmod_ret__##event(unsigned long long *ctx, ##arguments)

#define LSM_PROBE(event, arguments...) int lsm__##event(unsigned long long *ctx, ##arguments)

static int (*const bpf_usdt_readarg)(int number, void *ctx, void *to) = (void *)0;

static int (*const bpf_usdt_readarg_p)(int number, void *ctx, void *to, unsigned long size) = (void *)0;
