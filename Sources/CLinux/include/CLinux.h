/* The parts of the C library and of the kernel's interface that Swift's importer does not see:
 * variadic functions, GNU extensions, system calls without a wrapper, and macros that are not plain
 * numbers. Unless a comment says otherwise, linux_NAME has the meaning of NAME in its header. A
 * function returns -1 and sets errno on failure, and opens descriptors with close-on-exec. */
#ifndef BERTH_CLINUX_H
#define BERTH_CLINUX_H

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <syslog.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* Swift exchanges values of these types with functions of this module and of the C library. On a
 * 32-bit processor, both must be compiled with these macros. */
_Static_assert(sizeof(off_t) == 8 && sizeof(ino_t) == 8 && sizeof(rlim_t) == 8,
	       "define _FILE_OFFSET_BITS=64: files and inode numbers may be large");
_Static_assert(sizeof(time_t) == 8, "define _TIME_BITS=64: times go beyond 2038");
_Static_assert(sizeof(dev_t) == 8, "a device number has 64 bits");
_Static_assert(sizeof(uid_t) == 4 && sizeof(gid_t) == 4 && sizeof(pid_t) == 4 && sizeof(int) == 4,
	       "IDs have 32 bits");

/* errno(3). */
int linux_errno(void);

/* Files */

extern const int linux_AT_EACCESS;
extern const int linux_AT_EMPTY_PATH;
extern const long linux_CGROUP2_SUPER_MAGIC;
extern const int linux_F_OFD_GETLK;
extern const int linux_F_OFD_SETLK;
extern const int linux_O_PATH;
extern const int linux_O_TMPFILE;
extern const unsigned int linux_S_IFBLK;
extern const unsigned int linux_S_IFCHR;
extern const unsigned int linux_S_IFDIR;
extern const unsigned int linux_S_IFLNK;
extern const unsigned int linux_S_IFMT;
extern const unsigned int linux_S_IFREG;
extern const unsigned long linux_ST_NODEV;
extern const unsigned long linux_ST_NOEXEC;
extern const unsigned long linux_ST_NOSUID;
extern const unsigned long linux_ST_RDONLY;

/* open(2) and openat2(2), with close-on-exec only if the flags say so. */
int linux_open(const char *path, int flags, mode_t mode);
int linux_openat2(int directory, const char *path, uint64_t flags, uint64_t resolve);
/* memmem(3), which the C library declares as an extension. */
const void *linux_memmem(const void *bytes, size_t size, const void *word, size_t length);
/* fcntl(2) with F_SETFD or F_DUPFD_CLOEXEC. */
int linux_fcntl(int fd, int command, int argument);
/* fcntl(2) with F_SETLK, F_SETLKW or F_GETLK, or with the following two. */
int linux_fcntl_lock(int fd, int command, struct flock *lock);
/* close_range(2) for first and all higher descriptors. */
int linux_close_range_from(unsigned int first, unsigned int flags);
/* ioctl(2): NS_GET_ requests for namespaces, and TIOCGWINSZ for the size of the terminal. */
int linux_ioctl(int fd, unsigned long request, void *argument);
/* memfd_create(2): a file in memory, for the input and output of external programs. */
int linux_memfd_create(const char *name);
/* pipe2(2). */
int linux_pipe(int ends[2]);
/* readdir(3): NULL with errno 0 at the end, NULL with another errno on failure. */
struct dirent *linux_readdir(DIR *directory);
/* d_type and d_name of readdir(3). */
int linux_is_directory(const struct dirent *entry);
const char *linux_entry_name(const struct dirent *entry);
/* Reconfigures the file system that contains a directory (fspick(2), fsconfig(2)). Sets exactly
 * these options, none of which takes a value; the list ends in NULL. The flags of the mount itself,
 * such as nosuid, stay. */
int linux_set_mount_options(int directory, const char *const options[]);

/* Processes and privileges */

extern const int linux_CLONE_NEWNET;
extern const int linux_CLONE_NEWNS;
extern const int linux_CLONE_NEWPID;
/* The inode numbers of the initial namespaces in /proc/PID/ns. */
extern const unsigned long linux_INITIAL_CGROUP_NAMESPACE;
extern const unsigned long linux_INITIAL_USER_NAMESPACE;
extern const unsigned long linux_NS_GET_NSTYPE;
extern const unsigned long linux_NS_GET_OWNER_UID;
extern const unsigned long linux_NS_GET_PARENT;
extern const unsigned long linux_NS_GET_USERNS;
/* The resource limits that a caller can set: see ProcessSanitizer and UserIdentity. */
extern const int linux_RLIMIT_AS;
extern const int linux_RLIMIT_CORE;
extern const int linux_RLIMIT_CPU;
extern const int linux_RLIMIT_DATA;
extern const int linux_RLIMIT_FSIZE;
extern const int linux_RLIMIT_NOFILE;
extern const int linux_RLIMIT_SIGPENDING;
extern const int linux_RLIMIT_NPROC;
extern const int linux_RLIMIT_STACK;
extern const long linux_SYS_wait4;
extern const long linux_SYS_waitid;

/* getresuid(2), setresuid(2), getresgid(2) and setresgid(2) of this process. */
int linux_getresuid(uid_t *real, uid_t *effective, uid_t *saved);
int linux_setresuid(uid_t real, uid_t effective, uid_t saved);
int linux_getresgid(gid_t *real, gid_t *effective, gid_t *saved);
int linux_setresgid(gid_t real, gid_t effective, gid_t saved);
/* setfsuid(2) and setfsgid(2), which do not report failure: these check the resulting IDs. */
int linux_setfsuid(uid_t user);
int linux_setfsids(uid_t user, gid_t group);
/* prctl(2) with PR_SET_KEEPCAPS, PR_SET_NO_NEW_PRIVS or PR_SET_PDEATHSIG. */
int linux_prctl(int option, unsigned long argument);
/* capget(2) and capset(2) of this process. linux_capset also empties the inheritable set. */
int linux_capget(uint64_t *permitted, uint64_t *effective);
int linux_capset(uint64_t permitted, uint64_t effective);
/* getrlimit(2) and setrlimit(2). */
int linux_getrlimit(int resource, struct rlimit *limit);
int linux_setrlimit(int resource, const struct rlimit *limit);
/* PR_SET_NAME of prctl(2), which truncates the name to 15 bytes. */
int linux_set_process_name(const char *name);
/* sched_setscheduler(2), setpriority(2) and sched_setaffinity(2) to the defaults. */
void linux_reset_scheduling(void);
/* unshare(2): only tests use it. */
int linux_unshare(int namespaces);

/* execveat(2) with AT_EMPTY_PATH: executes an open file. */
int linux_execute(int file, char *const arguments[], char *const environment[]);
/* execve(2). A script without an interpreter line is executed by the shell, as by execvp(3) of
 * glibc; execvp(3) of musl does not do this. */
int linux_execute_command(const char *path, char *const arguments[], char *const environment[]);
/* posix_spawn(3): starts a program with these three standard descriptors, default signal actions
 * and no signal blocked. Returns 0 or an error number. */
int linux_spawn(const char *path, char *const arguments[], char *const environment[],
		const int descriptors[3], pid_t *process);
/* Waits for a child (waitpid(2)). Returns its exit status, or -2 if a signal ended it. */
int linux_await(pid_t process);
/* pidfd_open(2) and pidfd_send_signal(2). */
int linux_pidfd_open(pid_t process);
int linux_pidfd_send_signal(int pidfd, int signal);
/* ptrace(2) with PTRACE_SEIZE: traces a process without stopping it. */
int linux_ptrace_seize(pid_t process);

/* Signals, sockets, clock and log */

extern const int linux_SOCK_DGRAM;
extern const int linux_SOCK_STREAM;

/* sigaction(2) with SIG_DFL. */
int linux_default_signal(int signal);
/* Blocks SIGPIPE and SIGXFSZ, and no other signal (sigprocmask(2)): see ProcessSanitizer. */
int linux_block_only_write_signals(void);
/* setitimer(2): sends SIGALRM to this process after this many seconds, and then every interval
 * seconds. 0 turns the timer off. A system call in progress fails with EINTR. */
int linux_alarm(int seconds, int interval);
/* timer_create(2): a timer that sends SIGKILL to this process, even while it is stopped or frozen.
 * Returns the timer's number. Before glibc 2.34, the library functions are in librt, so these are
 * system calls. */
int linux_kill_timer_create(void);
/* timer_settime(2): the timer expires after that many seconds. */
int linux_kill_timer_set(int timer, int seconds);
/* timer_delete(2). */
int linux_kill_timer_delete(int timer);
/* Blocks the signals (sigprocmask(2)), and returns a descriptor from which linux_read_signal reads
 * them (signalfd(2)). */
int linux_signalfd(const int *signals, int count);
/* The number of the next signal; -1 if none is pending. */
int linux_read_signal(int signalfd);

/* connect(2): a socket for datagrams to a Unix socket (AF_UNIX); a path that begins with @ is in
 * the abstract namespace. */
int linux_connect_to_unix(const char *path);
/* send(2): sends the text in one datagram, with these flags. */
int linux_send_text(int socket, const char *text, int flags);
/* bind(2): binds a socket to an address of 4 or 16 bytes, which this host need not have yet
 * (IP_FREEBIND), and closes it again. Fails with EADDRINUSE if another socket is bound to the port,
 * except for connections that are closing. */
int linux_probe_port(const unsigned char *address, size_t length, int type, unsigned short port);
/* bind(2): binds a UDP socket to this port of all IPv4 addresses, and closes it again. Other
 * sockets may share the port (SO_REUSEADDR, SO_REUSEPORT), as those of several dnsmasq processes
 * do. */
int linux_probe_shared_port(unsigned short port);

/* A non-blocking raw socket for ICMP echo requests from an address of 4 or 16 bytes. Its packets
 * have the DF bit set, and may exceed the path MTU that the kernel knows (IP_PMTUDISC_PROBE). */
int linux_open_echo(const unsigned char *source, size_t length);
/* sendto(2): sends an ICMP message to an address of 4 or 16 bytes. Fails with EMSGSIZE if it is
 * larger than the interface can send. */
int linux_send_echo(int fd, const unsigned char *address, size_t length, const unsigned char *bytes,
		    size_t count);

/* Sends a UDP packet to an IPv4 address through an interface (sendmsg(2) with IP_PKTINFO). */
int linux_send_udp(const unsigned char *address, unsigned short port, int interface,
		   const unsigned char *bytes, size_t length);
/* A non-blocking UDP socket (connect(2)) that exchanges packets with one address and port. */
int linux_connect_udp(const unsigned char *address, size_t length, unsigned short port);
/* Adds 1 to the counter at this place (mmap(2)). Gives the file that size (fallocate(2)), and its
 * first number the value magic. Several processes may do so at once. Returns -1 if the file system
 * has no room for the file. */
int linux_increase_counter(int file, size_t size, size_t place, uint64_t magic);
/* inotify_init1(2): a non-blocking inotify(7) descriptor. */
int linux_inotify(void);
/* inotify_add_watch(2): watches a file for changes to its contents, or a directory for changes to
 * its entries. */
int linux_inotify_watch(int inotify, const char *path);

/* clock_gettime(2): milliseconds of CLOCK_MONOTONIC. */
int64_t linux_monotonic_milliseconds(void);
/* syslog(3), with the process ID. */
void linux_syslog(const char *program, int facility, int priority, const char *text);

#endif
