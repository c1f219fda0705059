/* C in the benchmark of whole maps: batches of 16384, and key by key.
   maps hash|percpu ENTRIES TIMES */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CHUNK 16384

struct value { __u32 pid, pad; __u64 count; };

static int fd, percpu, cpus;
static size_t stride;
static __u32 entries;
static __u32 keys[CHUNK];
static char *values;

static __u64 now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static __u64 sum, seen;

static void take(__u32 key, const char *at)
{
	if (percpu) {
		__u64 total = 0;
		for (int cpu = 0; cpu < cpus; cpu++) total += ((const __u64 *)at)[cpu];
		sum += total;
		seen++;
	} else {
		const struct value *v = (const struct value *)at;
		if (v->pid == key) seen++;
		sum += v->pid;
	}
}

static void batches(void)
{
	__u32 token, *in = NULL;
	for (;;) {
		__u32 count = CHUNK;
		int error = bpf_map_lookup_batch(fd, in, &token, keys, values, &count, NULL);
		if (error && error != -ENOENT) exit(2);
		for (__u32 i = 0; i < count; i++) take(keys[i], values + i * stride);
		if (error) return;
		in = &token;
	}
}

static void one_by_one(void)
{
	__u32 key, next, *from = NULL;
	while (!bpf_map_get_next_key(fd, from, &next)) {
		if (!bpf_map_lookup_elem(fd, &next, values)) take(next, values);
		key = next;
		from = &key;
	}
}

static int compare(const void *a, const void *b) { return *(const double *)a < *(const double *)b ? -1 : 1; }

static double ns_per_entry(void (*read)(void), int times)
{
	double *runs = calloc(times, sizeof(*runs));
	for (int i = 0; i < times; i++) {
		sum = seen = 0;
		__u64 before = now();
		read();
		runs[i] = (double)(now() - before) / entries;
		if (seen != entries || sum != (__u64)entries * (entries - 1) / 2) exit(3);
	}
	qsort(runs, times, sizeof(*runs), compare);
	return runs[times / 2];
}

int main(int argc, char **argv)
{
	percpu = !strcmp(argv[1], "percpu");
	entries = atoi(argv[2]);
	cpus = libbpf_num_possible_cpus();
	size_t size = percpu ? sizeof(__u64) : sizeof(struct value);
	stride = percpu ? size * cpus : size;
	values = calloc(CHUNK, stride);
	fd = bpf_map_create(percpu ? BPF_MAP_TYPE_PERCPU_HASH : BPF_MAP_TYPE_HASH, "table", 4, size, entries, NULL);
	if (fd < 0) { perror("bpf_map_create"); return 1; }
	for (__u32 i = 0; i < entries; i++) {
		struct value v = { i, 1, i };
		memset(values, 0, stride);
		if (percpu) *(__u64 *)values = i; else memcpy(values, &v, sizeof(v));
		if (bpf_map_update_elem(fd, &i, values, 0)) return 1;
	}
	int times = atoi(argv[3]);
	double batch = ns_per_entry(batches, times), next = ns_per_entry(one_by_one, 1);
	printf("{\"batchNs\":%f,\"nextNs\":%f}\n", batch, next);
	return 0;
}
