/* What a service needs of the C library besides what the helpers need: programs with input and
 * output, processes held by descriptor, signals and readiness to read. */
#ifndef BERTH_SERVICE_H
#define BERTH_SERVICE_H

#include <arpa/inet.h>
#include <dirent.h>
#include "directory.h"
#include "linux.h"
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ptrace.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

extern long syscall(long, ...);

/* A file in memory: for a program's input and output, which then need no one to pump a pipe. */
static inline int linux_memory_file(const char *name)
{
	return (int)syscall(SYS_memfd_create, name, 1U /* MFD_CLOEXEC */);
}

static inline int linux_pidfd_open(pid_t process)
{
	return (int)syscall(SYS_pidfd_open, process, 0U);
}
static inline int linux_pidfd_signal(int process, int signal)
{
	return (int)syscall(SYS_pidfd_send_signal, process, signal, NULL, 0U);
}

static const long linux_wait4 = SYS_wait4;
static const long linux_waitid = SYS_waitid;

/* Traces a process without stopping it, until this one ends. */
static inline int linux_trace(pid_t process)
{
	return (int)ptrace(PTRACE_SEIZE, process, NULL, NULL);
}

/* The same as linux_spawn, with an environment in which programs of the system find one another. */
static inline int linux_spawn_with(const char *path, char *const arguments[], int input, int output,
				   int complaints, pid_t *process)
{
	char *environment[] = {
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", NULL};
	return linux_spawn(path, arguments, environment, input, output, complaints, process);
}

/* Blocks signals, and gives a descriptor to read them. */
static inline int linux_signals(const int *numbers, int count)
{
	sigset_t set;
	sigemptyset(&set);
	for (int i = 0; i < count; i++)
		sigaddset(&set, numbers[i]);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1)
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}
/* Those by which a service is told what to do. */
static inline int linux_service_signals(void)
{
	const int numbers[] = {SIGHUP, SIGINT, SIGTERM};
	return linux_signals(numbers, 3);
}
/* And those that concern whoever draws on a terminal. */
static inline int linux_screen_signals(void)
{
	const int numbers[] = {SIGHUP, SIGINT, SIGTERM, SIGWINCH, SIGTSTP};
	return linux_signals(numbers, 5);
}
static inline int linux_window(int fd, struct winsize *window)
{
	return ioctl(fd, TIOCGWINSZ, window);
}
/* The number of the next signal, or -1. */
static inline int linux_next_signal(int signals)
{
	struct signalfd_siginfo information;
	ssize_t count = read(signals, &information, sizeof information);
	return count == sizeof information ? (int)information.ssi_signo : -1;
}

/* One datagram to a Unix socket; a name that begins with @ is in the abstract name space. */
static inline int linux_notify(const char *name, const char *text)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t length = strlen(name);
	if (length < 2 || length >= sizeof address.sun_path) {
		errno = EINVAL;
		return -1;
	}
	memcpy(address.sun_path, name, length);
	if (name[0] == '@')
		address.sun_path[0] = 0;
	int number = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (number == -1)
		return -1;
	ssize_t sent = sendto(number, text, strlen(text), MSG_NOSIGNAL, (struct sockaddr *)&address,
			      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length));
	int error = errno;
	close(number);
	errno = error;
	return sent == -1 ? -1 : 0;
}

/* Whether a server could take that port at that address, which need not be there yet: 0, or -1 with
 * EADDRINUSE. The socket is gone again when this returns. */
static inline int linux_probe_port(const unsigned char *address, size_t length, int type,
				   unsigned short port)
{
	struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(port)};
	int is_six = length == 16, on = 1;
	memcpy(is_six ? (void *)&six.sin6_addr : (void *)&four.sin_addr, address, length);
	int number = socket(is_six ? AF_INET6 : AF_INET, type | SOCK_CLOEXEC, 0);
	if (number == -1)
		return -1;
	setsockopt(number, is_six ? IPPROTO_IPV6 : IPPROTO_IP, is_six ? 78 /* IPV6_FREEBIND */ : IP_FREEBIND,
		   &on, sizeof on);
	/* A connection that is over is no server; a server is in the way all the same. */
	if (type == SOCK_STREAM)
		setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	int result = bind(number, is_six ? (struct sockaddr *)&six : (struct sockaddr *)&four,
			  is_six ? sizeof six : sizeof four);
	int error = errno;
	close(number);
	errno = error;
	return result;
}

/* To the system's log, with this process's number, as programs that let people in do it. */
static inline void linux_log(int priority, const char *text)
{
	openlog("berth-cgroup", LOG_PID, LOG_AUTHPRIV);
	syslog(priority, "%s", text);
}

/* The options of the file system that a directory is on become these, and no others; the flags of the
 * mount itself, nosuid and the like, stay. An option without a value each; the list ends in NULL. */
static inline int linux_set_mount_options(int directory, const char *const options[])
{
	int context = (int)syscall(SYS_fspick, directory, "", 1U | 8U /* FSPICK_CLOEXEC, _EMPTY_PATH */);
	if (context == -1)
		return -1;
	long result = 0;
	for (; *options && result == 0; options++)
		result = syscall(SYS_fsconfig, context, 0U /* FSCONFIG_SET_FLAG */, *options, NULL, 0);
	if (result == 0)
		result = syscall(SYS_fsconfig, context, 7U /* FSCONFIG_CMD_RECONFIGURE */, NULL, NULL, 0);
	int error = errno;
	close(context);
	errno = error;
	return (int)result;
}

/* As whom this thread opens and makes files from now on; root's rights over files go and come with
 * it. -1 if it did not happen: the calls themselves do not tell. */
static inline int linux_set_file_owner(uid_t user, gid_t group)
{
	syscall(SYS_setfsgid, group);
	syscall(SYS_setfsuid, user);
	if ((uid_t)syscall(SYS_setfsuid, -1) == user && (gid_t)syscall(SYS_setfsgid, -1) == group)
		return 0;
	errno = EPERM;
	return -1;
}

/* Whether the setuid bit means nothing where that file is; -1 on error. */
static inline int linux_is_on_nosuid(const char *path)
{
	struct statvfs information;
	return statvfs(path, &information) == -1 ? -1 : (information.f_flag & ST_NOSUID) != 0;
}

static inline long linux_milliseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000L + now.tv_nsec / 1000000L;
}

static inline int linux_lock_file(int fd) { return flock(fd, LOCK_EX | LOCK_NB); }
static inline int linux_unlock_file(int fd) { return flock(fd, LOCK_UN); }

#endif
