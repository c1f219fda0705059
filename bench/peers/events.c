/* libbpf's own readers in the benchmark: the events of bench/programs/events.c.
   events OBJECT KIND MODE */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define LAST 0xffffffffu
#define MOST 1000000

struct event { __u64 ts; __u32 pid; __u32 seq; char comm[16]; };

static struct { __u64 count, sum, letters, lost; int ended; } seen;
static __u64 *latencies;
static int timing;

static __u64 now(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void take(const struct event *e)
{
	if (e->seq == LAST) { seen.ended = 1; return; }
	if (timing && seen.count < MOST) latencies[seen.count] = now(CLOCK_MONOTONIC) - e->ts;
	seen.count++;
	seen.sum += e->seq;
	seen.letters += strnlen(e->comm, sizeof(e->comm));
}

static int on_ring(void *ctx, void *data, size_t size) { take(data); return 0; }
static void on_perf(void *ctx, int cpu, void *data, __u32 size) { take(data); }
static void on_lost(void *ctx, int cpu, __u64 count) { seen.lost += count; }

static struct ring_buffer *ring;
static struct perf_buffer *perf;

static int consume(void) { return ring ? ring_buffer__consume(ring) : perf_buffer__consume(perf); }
static int wait_for(int ms) { return ring ? ring_buffer__poll(ring, ms) : perf_buffer__poll(perf, ms); }

static void drain(void)
{
	char line[64];
	while (fgets(line, sizeof(line), stdin)) {
		memset(&seen, 0, sizeof(seen));
		__u64 before = now(CLOCK_PROCESS_CPUTIME_ID), last;
		do { last = seen.count; consume(); } while (seen.count != last);
		__u64 spent = now(CLOCK_PROCESS_CPUTIME_ID) - before;
		printf("{\"count\":%llu,\"sum\":%llu,\"letters\":%llu,\"cpuNs\":%llu}\n", seen.count, seen.sum, seen.letters, spent);
	}
}

static void live(void)
{
	while (!seen.ended) wait_for(100);
	printf("{\"count\":%llu,\"sum\":%llu,\"lost\":%llu,\"latencies\":[", seen.count, seen.sum, seen.lost);
	for (__u64 i = 0; timing && i < seen.count; i++) printf("%s%llu", i ? "," : "", latencies[i]);
	printf("]}\n");
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	struct bpf_object *object = bpf_object__open_file(argv[1], NULL);
	if (!object || bpf_object__load(object)) { fprintf(stderr, "the object does not load\n"); return 1; }
	int fd = bpf_object__find_map_fd_by_name(object, argv[2]);
	if (!strcmp(argv[2], "ring")) ring = ring_buffer__new(fd, on_ring, NULL, NULL);
	else perf = perf_buffer__new(fd, atoi(argv[4]), on_perf, on_lost, NULL, NULL);
	if (!ring && !perf) { fprintf(stderr, "no buffer\n"); return 1; }
	timing = !strncmp(argv[3], "latency", 7);
	if (timing) latencies = calloc(MOST, sizeof(*latencies));
	printf("{\"ready\":true}\n");
	if (!strcmp(argv[3], "drain")) drain(); else live();
	return 0;
}
