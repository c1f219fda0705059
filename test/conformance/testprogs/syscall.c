// Makes one system call in a known way: syscall NAME [ARGUMENTS...]
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int do_nanosleep(const char *nanoseconds)
{
	double ns = strtod(nanoseconds, NULL);
	struct timespec request = { ns / 1e9, ns - (long)(ns / 1e9) * 1e9 };
	return syscall(SYS_nanosleep, &request, NULL);
}

static char path[4096];

static char *file_in_temporary_directory(void)
{
	const char *directory = getenv("TMPDIR");
	snprintf(path, sizeof(path), "%s/bpftrace_syscall_XXXXXX", directory ? directory : "/tmp");
	int fd = mkstemp(path);
	if (fd >= 0)
		close(fd);
	return path;
}

static int do_open(int at)
{
	char *file = file_in_temporary_directory();
	int fd = at ? syscall(SYS_openat, AT_FDCWD, file, O_CREAT, 0600) : syscall(SYS_open, file, O_CREAT, 0600);
	if (fd >= 0)
		close(fd);
	unlink(file);
	return fd < 0;
}

static int do_read(void)
{
	char byte;
	int fd = open("/dev/zero", O_RDONLY);
	long result = syscall(SYS_read, fd, &byte, 1);
	close(fd);
	return result != 1;
}

static int do_write(void)
{
	int fd = open("/dev/null", O_WRONLY);
	long result = syscall(SYS_write, fd, "x", 1);
	close(fd);
	return result != 1;
}

static int do_connect(const char *address, const char *port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(atoi(port)) };
	inet_pton(AF_INET, address, &to.sin_addr);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	return syscall(SYS_connect, fd, &to, sizeof(to)) < 0;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";
	char **rest = argv + 2;
	int count = argc - 2;
	if (!strcmp(name, "nanosleep") && count == 1)
		return do_nanosleep(rest[0]);
	if (!strcmp(name, "read"))
		return do_read();
	if (!strcmp(name, "write"))
		return do_write();
	if (!strcmp(name, "open"))
		return do_open(0);
	if (!strcmp(name, "openat"))
		return do_open(1);
	if (!strcmp(name, "execve") && count >= 1)
		return syscall(SYS_execve, rest[0], rest, environ);
	if (!strcmp(name, "execveat") && count >= 1)
		return syscall(SYS_execveat, AT_FDCWD, rest[0], rest, environ, 0);
	if (!strcmp(name, "connect") && count == 2)
		return do_connect(rest[0], rest[1]);
	fprintf(stderr, "usage: syscall nanosleep NS | read | write | open | openat | execve FILE | execveat FILE | connect ADDRESS PORT\n");
	return 2;
}
