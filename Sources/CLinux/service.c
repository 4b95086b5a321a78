#include "CLinux.h"

#include <stddef.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/un.h>

const int linux_SOCK_DGRAM = SOCK_DGRAM;
const int linux_SOCK_STREAM = SOCK_STREAM;

static int set_handler(int signal, void (*handler)(int))
{
	struct sigaction action = {.sa_handler = handler};
	return sigaction(signal, &action, NULL);
}

int linux_default_signal(int signal) { return set_handler(signal, SIG_DFL); }

int linux_block_only_write_signals(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	sigaddset(&set, SIGXFSZ);
	return sigprocmask(SIG_SETMASK, &set, NULL);
}

static void do_nothing(int signal) { (void)signal; }

/* Without SA_RESTART, so that the signal interrupts a wait. */
int linux_alarm(int seconds, int interval)
{
	struct itimerval timer = {.it_interval = {.tv_sec = interval}, .it_value = {.tv_sec = seconds}};
	if (set_handler(SIGALRM, do_nothing) == -1)
		return -1;
	return setitimer(ITIMER_REAL, &timer, NULL);
}

int linux_kill_timer_create(void)
{
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL};
	int timer;
	return syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &timer) == -1 ? -1 : timer;
}

/* The call that takes a time_t of 64 bits. */
#ifdef SYS_timer_settime64
#define SYS_TIMER_SETTIME SYS_timer_settime64
#else
#define SYS_TIMER_SETTIME SYS_timer_settime
#endif

int linux_kill_timer_set(int timer, int seconds)
{
	struct itimerspec time = {.it_value = {.tv_sec = seconds}};
	return (int)syscall(SYS_TIMER_SETTIME, timer, 0, &time, NULL);
}

int linux_kill_timer_delete(int timer) { return (int)syscall(SYS_timer_delete, timer); }

int linux_signalfd(const int *signals, int count)
{
	sigset_t set;
	sigemptyset(&set);
	for (int i = 0; i < count; i++)
		sigaddset(&set, signals[i]);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1)
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int linux_read_signal(int signals)
{
	struct signalfd_siginfo information;
	ssize_t count = read(signals, &information, sizeof information);
	return count == sizeof information ? (int)information.ssi_signo : -1;
}

/* Like close(2), but preserves errno. */
static void close_keeping_errno(int fd)
{
	int error = errno;
	close(fd);
	errno = error;
}

int linux_connect_to_unix(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t length = strlen(path);
	if (length < 2 || length >= sizeof address.sun_path) {
		errno = EINVAL;
		return -1;
	}
	memcpy(address.sun_path, path, length);
	if (path[0] == '@')
		address.sun_path[0] = 0;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -1;
	socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
	if (connect(fd, (struct sockaddr *)&address, size) == -1) {
		close_keeping_errno(fd);
		return -1;
	}
	return fd;
}

int linux_send_text(int fd, const char *text, int flags)
{
	return send(fd, text, strlen(text), MSG_NOSIGNAL | flags) == -1 ? -1 : 0;
}

int linux_probe_port(const unsigned char *address, size_t length, int type, unsigned short port)
{
	struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(port)};
	int is_six = length == sizeof six.sin6_addr, on = 1;
	memcpy(is_six ? (void *)&six.sin6_addr : (void *)&four.sin_addr, address, length);
	int fd = socket(is_six ? AF_INET6 : AF_INET, type | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -1;
	if (is_six)
		setsockopt(fd, IPPROTO_IPV6, IPV6_FREEBIND, &on, sizeof on);
	else
		setsockopt(fd, IPPROTO_IP, IP_FREEBIND, &on, sizeof on);
	/* Ignore closing connections. A listening socket still conflicts. */
	if (type == SOCK_STREAM)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	int result = bind(fd, is_six ? (struct sockaddr *)&six : (struct sockaddr *)&four,
			  is_six ? sizeof six : sizeof four);
	close_keeping_errno(fd);
	return result;
}

int linux_connect_udp(const unsigned char *address, size_t length, unsigned short port)
{
	struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(port)};
	int is_six = length == sizeof six.sin6_addr;
	memcpy(is_six ? (void *)&six.sin6_addr : (void *)&four.sin_addr, address, length);
	int fd = socket(is_six ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return -1;
	if (connect(fd, is_six ? (struct sockaddr *)&six : (struct sockaddr *)&four,
		    is_six ? sizeof six : sizeof four) == -1) {
		close_keeping_errno(fd);
		return -1;
	}
	return fd;
}

int linux_open_echo(const unsigned char *source, size_t length)
{
	struct sockaddr_in6 six = {.sin6_family = AF_INET6};
	struct sockaddr_in four = {.sin_family = AF_INET};
	int is_six = length == sizeof six.sin6_addr, on = 1, probe = IP_PMTUDISC_PROBE;
	int size = 4 << 20;
	memcpy(is_six ? (void *)&six.sin6_addr : (void *)&four.sin_addr, source, length);
	int fd = socket(is_six ? AF_INET6 : AF_INET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			is_six ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
	if (fd == -1)
		return -1;
	/* Set DF, and ignore what is known about the path. */
	int result = is_six ? setsockopt(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &probe, sizeof probe)
			    : setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &probe, sizeof probe);
	if (is_six)
		setsockopt(fd, IPPROTO_IPV6, IPV6_DONTFRAG, &on, sizeof on);
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
	if (result == -1 ||
	    bind(fd, is_six ? (struct sockaddr *)&six : (struct sockaddr *)&four,
		 is_six ? sizeof six : sizeof four) == -1) {
		close_keeping_errno(fd);
		return -1;
	}
	return fd;
}

int linux_send_echo(int fd, const unsigned char *address, size_t length, const unsigned char *bytes,
		    size_t count)
{
	struct sockaddr_in6 six = {.sin6_family = AF_INET6};
	struct sockaddr_in four = {.sin_family = AF_INET};
	int is_six = length == sizeof six.sin6_addr;
	memcpy(is_six ? (void *)&six.sin6_addr : (void *)&four.sin_addr, address, length);
	return sendto(fd, bytes, count, MSG_NOSIGNAL,
		      is_six ? (struct sockaddr *)&six : (struct sockaddr *)&four,
		      is_six ? sizeof six : sizeof four) == -1
		       ? -1
		       : 0;
}

int linux_probe_shared_port(unsigned short port)
{
	struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(port)};
	int on = 1;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
	int result = bind(fd, (struct sockaddr *)&any, sizeof any);
	close_keeping_errno(fd);
	return result;
}

int linux_send_udp(const unsigned char *address, unsigned short port, int interface,
		   const unsigned char *bytes, size_t length)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
	memcpy(&to.sin_addr, address, sizeof to.sin_addr);
	union {
		struct cmsghdr header;
		char buffer[CMSG_SPACE(sizeof(struct in_pktinfo))];
	} control = {.header = {.cmsg_len = CMSG_LEN(sizeof(struct in_pktinfo)),
				.cmsg_level = IPPROTO_IP,
				.cmsg_type = IP_PKTINFO}};
	struct in_pktinfo info = {.ipi_ifindex = interface};
	memcpy(CMSG_DATA(&control.header), &info, sizeof info);
	struct iovec part = {.iov_base = (void *)bytes, .iov_len = length};
	struct msghdr message = {.msg_name = &to,
				 .msg_namelen = sizeof to,
				 .msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = &control,
				 .msg_controllen = sizeof control.buffer};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -1;
	ssize_t sent = sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
	close_keeping_errno(fd);
	return sent == -1 ? -1 : 0;
}

int linux_inotify(void) { return inotify_init1(IN_CLOEXEC | IN_NONBLOCK); }

int linux_inotify_watch(int inotify, const char *path)
{
	return inotify_add_watch(inotify, path,
				 IN_MODIFY | IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_MOVED_FROM);
}

int64_t linux_monotonic_milliseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void linux_syslog(const char *program, int facility, int priority, const char *text)
{
	openlog(program, LOG_PID, facility);
	syslog(priority, "%s", text);
	closelog();
}
