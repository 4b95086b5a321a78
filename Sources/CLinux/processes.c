#include "CLinux.h"

#include <linux/nsfs.h>
#include <sched.h>
#include <spawn.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

const int linux_CLONE_NEWNET = CLONE_NEWNET;
const int linux_CLONE_NEWNS = CLONE_NEWNS;
const int linux_CLONE_NEWPID = CLONE_NEWPID;
/* No installed header has these before Linux 6.18 (linux/nsfs.h): PROC_CGROUP_INIT_INO and
 * PROC_USER_INIT_INO in the kernel's include/linux/proc_ns.h. */
const unsigned long linux_INITIAL_CGROUP_NAMESPACE = 0xEFFFFFFBUL;
const unsigned long linux_INITIAL_USER_NAMESPACE = 0xEFFFFFFDUL;
const unsigned long linux_NS_GET_NSTYPE = NS_GET_NSTYPE;
const unsigned long linux_NS_GET_OWNER_UID = NS_GET_OWNER_UID;
const unsigned long linux_NS_GET_PARENT = NS_GET_PARENT;
const unsigned long linux_NS_GET_USERNS = NS_GET_USERNS;
const int linux_RLIMIT_AS = RLIMIT_AS;
const int linux_RLIMIT_CORE = RLIMIT_CORE;
const int linux_RLIMIT_CPU = RLIMIT_CPU;
const int linux_RLIMIT_DATA = RLIMIT_DATA;
const int linux_RLIMIT_FSIZE = RLIMIT_FSIZE;
const int linux_RLIMIT_NOFILE = RLIMIT_NOFILE;
const int linux_RLIMIT_SIGPENDING = RLIMIT_SIGPENDING;
const int linux_RLIMIT_NPROC = RLIMIT_NPROC;
const int linux_RLIMIT_STACK = RLIMIT_STACK;
const long linux_SYS_wait4 = SYS_wait4;
const long linux_SYS_waitid = SYS_waitid;

int linux_getresuid(uid_t *real, uid_t *effective, uid_t *saved)
{
	return getresuid(real, effective, saved);
}

int linux_setresuid(uid_t real, uid_t effective, uid_t saved)
{
	return setresuid(real, effective, saved);
}

int linux_getresgid(gid_t *real, gid_t *effective, gid_t *saved)
{
	return getresgid(real, effective, saved);
}

int linux_setresgid(gid_t real, gid_t effective, gid_t saved)
{
	return setresgid(real, effective, saved);
}

/* The calls that take IDs of 32 bits. */
#ifdef SYS_setfsuid32
#define SYS_SETFSUID SYS_setfsuid32
#define SYS_SETFSGID SYS_setfsgid32
#else
#define SYS_SETFSUID SYS_setfsuid
#define SYS_SETFSGID SYS_setfsgid
#endif

/* These calls return the previous ID, and change nothing if they are given -1. */
int linux_setfsuid(uid_t user)
{
	syscall(SYS_SETFSUID, user);
	if ((uid_t)syscall(SYS_SETFSUID, -1) == user)
		return 0;
	errno = EPERM;
	return -1;
}

int linux_setfsids(uid_t user, gid_t group)
{
	syscall(SYS_SETFSGID, group);
	if ((gid_t)syscall(SYS_SETFSGID, -1) == group)
		return linux_setfsuid(user);
	errno = EPERM;
	return -1;
}

int linux_prctl(int option, unsigned long argument)
{
	return prctl(option, argument, 0UL, 0UL, 0UL);
}

int linux_set_process_name(const char *name)
{
	return prctl(PR_SET_NAME, (unsigned long)name, 0UL, 0UL, 0UL);
}

int linux_capget(uint64_t *permitted, uint64_t *effective)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{0}};
	int result = (int)syscall(SYS_capget, &header, data);
	*permitted = (uint64_t)data[1].permitted << 32 | data[0].permitted;
	*effective = (uint64_t)data[1].effective << 32 | data[0].effective;
	return result;
}

int linux_capset(uint64_t permitted, uint64_t effective)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {
		{.permitted = (uint32_t)permitted, .effective = (uint32_t)effective},
		{.permitted = (uint32_t)(permitted >> 32), .effective = (uint32_t)(effective >> 32)}};
	return (int)syscall(SYS_capset, &header, data);
}

int linux_getrlimit(int resource, struct rlimit *limit) { return getrlimit(resource, limit); }

int linux_setrlimit(int resource, const struct rlimit *limit) { return setrlimit(resource, limit); }

/* The scheduling attributes of a new process: normal policy, nice value 0, all processors. */
void linux_reset_scheduling(void)
{
	struct sched_param none = {0};
	unsigned char all[1024];

	memset(all, 0xff, sizeof all);
	/* musl does not implement the function: POSIX applies it to all threads, and the system
	 * call to one. */
	syscall(SYS_sched_setscheduler, 0, SCHED_OTHER, &none);
	setpriority(PRIO_PROCESS, 0, 0);
	syscall(SYS_sched_setaffinity, 0, sizeof all, all);
}

int linux_unshare(int namespaces) { return unshare(namespaces); }

int linux_execute(int file, char *const arguments[], char *const environment[])
{
	return (int)syscall(SYS_execveat, file, "", arguments, environment, AT_EMPTY_PATH);
}

int linux_execute_command(const char *path, char *const arguments[], char *const environment[])
{
	execve(path, arguments, environment);
	if (errno != ENOEXEC)
		return -1;
	size_t count = 0;
	while (arguments[count])
		count++;
	/* The shell, the script in place of argv[0], the other arguments, and the end. */
	const char **shell = calloc(count + 3, sizeof *shell);
	if (!shell)
		return -1;
	shell[0] = "/bin/sh";
	shell[1] = path;
	for (size_t i = 1; i < count; i++)
		shell[i + 1] = arguments[i];
	execve(shell[0], (char *const *)shell, environment);
	int error = errno;
	free(shell);
	errno = error;
	return -1;
}

int linux_spawn(const char *path, char *const arguments[], char *const environment[],
		const int descriptors[3], pid_t *process)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t all, none;
	sigfillset(&all);
	sigemptyset(&none);
	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attributes);
	int error = 0;
	for (int number = 0; number < 3 && !error; number++)
		error = posix_spawn_file_actions_adddup2(&files, descriptors[number], number);
	if (!error)
		error = posix_spawnattr_setflags(
			&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
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

int linux_await(pid_t process)
{
	int status;
	if (waitpid(process, &status, 0) == -1)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -2;
}

int linux_pidfd_open(pid_t process) { return (int)syscall(SYS_pidfd_open, process, 0U); }

int linux_pidfd_send_signal(int pidfd, int signal)
{
	return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0U);
}

int linux_ptrace_seize(pid_t process) { return (int)ptrace(PTRACE_SEIZE, process, NULL, NULL); }
