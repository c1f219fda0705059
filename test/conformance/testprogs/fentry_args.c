// Calls bpf(2) with a command and a size that it refuses: fentry_args COMMAND SIZE
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	static char attributes[4096];
	if (argc < 3)
		return 2;
	// The size is larger than the kernel's own, and the rest is not zero: E2BIG.
	for (unsigned i = 0; i < sizeof(attributes); i++)
		attributes[i] = 1;
	syscall(SYS_bpf, atoi(argv[1]), attributes, atoi(argv[2]));
	return 0;
}
