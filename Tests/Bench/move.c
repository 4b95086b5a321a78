/* move NODE PROGRAM [ARGUMENT...]: the minimum that runs a program in a cgroup of the caller. It
 * creates a cgroup beneath NODE as the caller, moves itself there as root, becomes the caller, and
 * executes PROGRAM. Setuid root; checks no permissions. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char path[4096];
	int procs, length;

	if (argc < 3)
		return 2;
	length = snprintf(path, sizeof path, "%s/run-%d", argv[1], getpid());
	if (length < 0 || (size_t)length > sizeof path - sizeof "/cgroup.procs")
		return 2;
	if (seteuid(getuid()) || mkdir(path, 0755) || seteuid(0))
		return 3;
	snprintf(path + length, sizeof path - (size_t)length, "/cgroup.procs");
	procs = open(path, O_WRONLY | O_CLOEXEC);
	if (procs == -1 || write(procs, "0", 1) != 1)
		return 4;
	if (setresuid(getuid(), getuid(), getuid()))
		return 5;
	execv(argv[2], argv + 2);
	return 127;
}
