/* The door to the C library: what Swift's importer cannot see by itself. Variadic functions, GNU
 * extensions, system calls without a wrapper, and macros. Nothing here decides anything. */
#ifndef BERTH_LINUX_H
#define BERTH_LINUX_H

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/nsfs.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* GNU extensions, hidden from a module built without _GNU_SOURCE. */
extern int setresuid(uid_t, uid_t, uid_t);
extern int getresuid(uid_t *, uid_t *, uid_t *);
extern long syscall(long, ...);
extern ssize_t getrandom(void *, size_t, unsigned int);
extern int unshare(int);

#ifndef O_PATH
#define O_PATH 010000000
#endif
static const int linux_O_PATH = O_PATH;
#ifndef O_TMPFILE
#define O_TMPFILE (020000000 | O_DIRECTORY)
#endif
static const int linux_O_TMPFILE = O_TMPFILE;
static const int linux_CLONE_NEWNET = 0x40000000;
static const int linux_CLONE_NEWNS = 0x00020000;
static const int linux_CLONE_NEWPID = 0x20000000;

/* Enumerations that are macros too; the importer takes either for neither. */
static const int linux_RLIMIT_AS = RLIMIT_AS;
static const int linux_RLIMIT_CPU = RLIMIT_CPU;
static const int linux_RLIMIT_DATA = RLIMIT_DATA;
static const int linux_RLIMIT_FSIZE = RLIMIT_FSIZE;
static const int linux_RLIMIT_NOFILE = RLIMIT_NOFILE;
static const int linux_RLIMIT_STACK = RLIMIT_STACK;

static const unsigned int linux_S_IFMT = 0170000;
static const unsigned int linux_S_IFDIR = 0040000;
static const unsigned int linux_S_IFREG = 0100000;
static const unsigned int linux_WRITABLE_BY_OTHERS = 0022;

static inline int linux_errno(void) { return errno; }

static inline int linux_open(const char *path, int flags, mode_t mode)
{
	return open(path, flags | O_CLOEXEC, mode);
}

/* close_range(2) has no wrapper before glibc 2.34, and none in its default feature set. */
static inline int linux_close_from(unsigned int first)
{
	return (int)syscall(SYS_close_range, first, ~0U, 0U);
}
/* Kept here, and closed in the programs that are started. */
static inline int linux_close_from_at_exec(unsigned int first)
{
	return (int)syscall(SYS_close_range, first, ~0U, 4U /* CLOSE_RANGE_CLOEXEC */);
}

static inline int linux_keep_on_exec(int fd) { return fcntl(fd, F_SETFD, 0); }

/* A POSIX record lock over the whole file, as LXC's own helper takes it. */
static inline int linux_lock(int fd, int command, struct flock *lock)
{
	*lock = (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET};
	return fcntl(fd, command, lock);
}
static inline int linux_lock_now(int fd)
{
	struct flock lock;
	return linux_lock(fd, F_SETLK, &lock);
}
static inline int linux_lock_wait(int fd)
{
	struct flock lock;
	return linux_lock(fd, F_SETLKW, &lock);
}
static inline int linux_unlock(int fd)
{
	struct flock lock = {.l_type = F_UNLCK, .l_whence = SEEK_SET};
	return fcntl(fd, F_SETLK, &lock);
}
/* The process that holds the lock, 0 if none does, -1 on error. */
static inline int linux_lock_holder(int fd)
{
	struct flock lock;
	if (linux_lock(fd, F_GETLK, &lock) == -1)
		return -1;
	return lock.l_type == F_UNLCK ? 0 : lock.l_pid;
}

/* Both the soft and the hard limit, or else as much as the hard one allows. */
static inline void linux_set_limit(int resource, rlim_t value)
{
	struct rlimit limit = {value, value};
	if (setrlimit(resource, &limit) == 0 || getrlimit(resource, &limit) == -1)
		return;
	limit.rlim_cur = limit.rlim_max < value ? limit.rlim_max : value;
	setrlimit(resource, &limit);
}

static void linux_do_nothing(int signal) { (void)signal; }

/* Nothing blocked, and what exec passes on of a caller's choices undone where it would matter: a
 * write that fails must be an error and not a death between two steps, and a child must be there to
 * be waited for. Handlers do not survive exec; other signals that he ignores may stay ignored. */
static inline int linux_reset_signals(void)
{
	struct sigaction action;
	sigset_t none;
	memset(&action, 0, sizeof action);
	action.sa_handler = SIG_IGN;
	if (sigaction(SIGPIPE, &action, NULL) == -1 || sigaction(SIGXFSZ, &action, NULL) == -1)
		return -1;
	action.sa_handler = SIG_DFL;
	if (sigaction(SIGCHLD, &action, NULL) == -1)
		return -1;
	sigemptyset(&none);
	return sigprocmask(SIG_SETMASK, &none, NULL);
}

/* SIGALRM after that many seconds and every second from then on, so that a wait which begins just
 * after the first alarm is interrupted too. 0 turns it off. */
static inline int linux_alarm(int seconds)
{
	struct sigaction action;
	struct itimerval timer = {{seconds ? 1 : 0, 0}, {seconds, 0}};
	memset(&action, 0, sizeof action);
	action.sa_handler = linux_do_nothing; /* no SA_RESTART: the wait ends with EINTR */
	if (sigaction(SIGALRM, &action, NULL) == -1)
		return -1;
	return setitimer(ITIMER_REAL, &timer, NULL);
}

static inline int linux_set_capabilities(unsigned int permitted, unsigned int effective)
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[2];
	memset(data, 0, sizeof data);
	data[0].permitted = permitted;
	data[0].effective = effective;
	return (int)syscall(SYS_capset, &header, data);
}
/* 1 if this process has none, 0 if it has some, -1 on error; of those that count now, or of all that
 * it could take as well. */
static inline int linux_capabilities_are_none(int only_effective)
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[2];
	memset(data, 0, sizeof data);
	if (syscall(SYS_capget, &header, data) == -1)
		return -1;
	if (!only_effective && (data[0].permitted | data[1].permitted))
		return 0;
	return !(data[0].effective | data[1].effective);
}
static inline int linux_prctl(int option, unsigned long value)
{
	return prctl(option, value, 0UL, 0UL, 0UL);
}

static inline int linux_close_at_exec(int fd) { return fcntl(fd, F_SETFD, FD_CLOEXEC); }

/* Starts a program with these three descriptors, this environment, and every signal as a new process
 * has it. The error number, not -1. */
static inline int linux_spawn(const char *path, char *const arguments[], char *const environment[],
			      int input, int output, int complaints, pid_t *process)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t all, none;
	sigfillset(&all);
	sigemptyset(&none);
	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attributes);
	int error = posix_spawn_file_actions_adddup2(&files, input, 0);
	if (!error)
		error = posix_spawn_file_actions_adddup2(&files, output, 1);
	if (!error)
		error = posix_spawn_file_actions_adddup2(&files, complaints, 2);
	if (!error)
		error = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	if (!error)
		error = posix_spawnattr_setsigdefault(&attributes, &all);
	if (!error)
		error = posix_spawnattr_setsigmask(&attributes, &none);
	if (!error)
		error = posix_spawn(process, path, &files, &attributes, arguments, environment);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	return error;
}

/* With nothing to read and nowhere to write but the complaints, and no environment. */
static inline int linux_spawn_alone(const char *path, char *const arguments[], int nothing,
				    int complaints, pid_t *process)
{
	char *no_environment[] = {NULL};
	return linux_spawn(path, arguments, no_environment, nothing, nothing, complaints, process);
}

/* The exit status of a child that has ended, -2 if a signal ended it, -1 on error. */
static inline int linux_await(pid_t process)
{
	int status;
	if (waitpid(process, &status, 0) == -1)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -2;
}

static inline int linux_pipe(int ends[2])
{
	return (int)syscall(SYS_pipe2, ends, O_CLOEXEC);
}

static inline int linux_ioctl(int fd, unsigned long request) { return ioctl(fd, request); }
static inline int linux_owner(int fd, uid_t *owner) { return ioctl(fd, NS_GET_OWNER_UID, owner); }
static const unsigned long linux_NS_GET_USERNS = NS_GET_USERNS;
static const unsigned long linux_NS_GET_PARENT = NS_GET_PARENT;
static const unsigned long linux_NS_GET_NSTYPE = NS_GET_NSTYPE;

#endif
