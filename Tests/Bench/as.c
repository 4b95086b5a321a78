/* as UID COUNT [PROGRAM ARGUMENT...]: runs a program as a user, COUNT times at once, and waits.
 * Without a program, its run time is this overhead. */
#include <grp.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	uid_t user;
	int count;

	if (argc < 3)
		return 2;
	user = (uid_t)atoi(argv[1]);
	count = atoi(argv[2]);
	if (setgroups(0, NULL) || setgid(user) || setuid(user))
		return 3;
	if (argc == 3)
		return 0;
	if (count == 1) {
		execv(argv[3], argv + 3);
		return 127;
	}
	for (int child = 0; child < count; child++) {
		if (fork() == 0) {
			execv(argv[3], argv + 3);
			_exit(127);
		}
	}
	int status, failures = 0;
	while (wait(&status) > 0)
		failures += status != 0;
	return failures != 0;
}
