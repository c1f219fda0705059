/* Calls functions whose names stacks are to tell, and ends at once.
     ended-target             by itself
     ended-target fork        in a child without exec
     ended-target stay        by itself, and waits for the end of its input
     ended-target FILE.so     in a library that it opens */
#include <dlfcn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

__attribute__((noinline)) void innermost(int number)
{
	__asm__ volatile("" : : "r"(number) : "memory");
}

__attribute__((noinline)) void between(int number)
{
	innermost(number + 1);
	__asm__ volatile("" : : : "memory");
}

#ifdef LIBRARY
void enter(void)
{
	between(1);
	__asm__ volatile("" : : : "memory");
}
#else
int main(int count, char **words)
{
	if (count == 1) {
		between(1);
	} else if (!strcmp(words[1], "fork")) {
		pid_t child = fork();
		if (child == 0)
			between(2);
		else
			waitpid(child, 0, 0);
	} else if (!strcmp(words[1], "stay")) {
		char byte;
		between(3);
		if (write(1, "called\n", 7) != 7)
			return 3;
		while (read(0, &byte, 1) > 0)
			;
#ifdef OPENS
	} else {
		void *library = dlopen(words[1], RTLD_NOW);
		void (*enter)(void) = library ? dlsym(library, "enter") : 0;
		if (!enter)
			return 2;
		enter();
		dlclose(library);
#endif
	}
	return 0;
}
#endif
