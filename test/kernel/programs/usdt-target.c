/* Declares probes of its own and passes them, a round for each line of its input. Notes as the kernel's tools expect
   them are written by hand, so that no header is needed. */
#include <stdint.h>
#include <stdio.h>

#define NOTE(semaphore, provider, name, arguments)                                                     \
	"990: nop\n"                                                                                     \
	".pushsection .note.stapsdt, \"\", \"note\"\n"                                                   \
	".balign 4\n.4byte 992f - 991f, 994f - 993f, 3\n"                                                \
	"991: .asciz \"stapsdt\"\n992: .balign 4\n"                                                      \
	"993: .8byte 990b, _.stapsdt.base, " semaphore "\n"                                              \
	".asciz \"" provider "\"\n.asciz \"" name "\"\n.asciz \"" arguments "\"\n994: .balign 4\n"       \
	".popsection\n"                                                                                  \
	".ifndef _.stapsdt.base\n"                                                                       \
	".pushsection .stapsdt.base, \"aG\", \"progbits\", .stapsdt.base, comdat\n"                      \
	".weak _.stapsdt.base\n.hidden _.stapsdt.base\n_.stapsdt.base: .space 1\n.popsection\n"          \
	".endif\n"

/* Above 0 while somebody listens. */
__attribute__((section(".probes"), used)) volatile uint16_t listeners;
__attribute__((used)) static volatile int32_t global = 1234;

static void registers_and_memory(int32_t number, uint64_t big, const char *text)
{
	volatile uint64_t memory = big;
	int16_t list[4] = { 1, 2, -3, 4 };
	__asm__ volatile(NOTE("listeners", "test", "mixed", "-4@%%ebx 8@%0 -4@$-7 8@%%rsi -2@(%%rcx,%%rdx,2) -4@global(%%rip)")
			 : : "m"(memory), "b"(number), "S"(text), "c"(list), "d"(2L), "m"(list));
}

static void elsewhere(int32_t number, uint64_t big, const char *text)
{
	__asm__ volatile(NOTE("listeners", "test", "mixed", "-4@%%esi 8@%%rdi -4@$7 8@%%rdx -2@%%cx -4@$0x10")
			 : : "S"(number), "D"(big), "d"(text), "c"(0x1fffe));
}

__attribute__((noinline)) void round_begins(int32_t round)
{
	__asm__ volatile("" : : "r"(round));
}

int main(void)
{
	char line[64];
	int32_t round = 0;
	while (fgets(line, sizeof(line), stdin)) {
		round++;
		round_begins(round);
		registers_and_memory(-round, 0x1122334455667788ULL, "first place");
		elsewhere(round, 0x99ULL, "second place");
		__asm__ volatile(NOTE("0", "test", "plain", "1@%%al -1@%%ah") : : "a"(0x8105 + round));
		__asm__ volatile(NOTE("0", "other", "plain", "8f@%%xmm0") : : : "xmm0");
		printf("%d %d\n", round, listeners);
		fflush(stdout);
	}
	return 0;
}
