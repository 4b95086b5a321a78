#include "CLinux.h"

#include <linux/magic.h>
#include <linux/mount.h>
#include <sys/mman.h>
#include <sys/syscall.h>

const int linux_AT_EACCESS = AT_EACCESS;
const int linux_AT_EMPTY_PATH = AT_EMPTY_PATH;
const long linux_CGROUP2_SUPER_MAGIC = CGROUP2_SUPER_MAGIC;
const int linux_F_OFD_GETLK = F_OFD_GETLK;
const int linux_F_OFD_SETLK = F_OFD_SETLK;
const int linux_O_PATH = O_PATH;
const int linux_O_TMPFILE = O_TMPFILE;
const unsigned int linux_S_IFBLK = S_IFBLK;
const unsigned int linux_S_IFCHR = S_IFCHR;
const unsigned int linux_S_IFDIR = S_IFDIR;
const unsigned int linux_S_IFLNK = S_IFLNK;
const unsigned int linux_S_IFMT = S_IFMT;
const unsigned int linux_S_IFREG = S_IFREG;
const unsigned long linux_ST_NODEV = ST_NODEV;
const unsigned long linux_ST_NOEXEC = ST_NOEXEC;
const unsigned long linux_ST_NOSUID = ST_NOSUID;
const unsigned long linux_ST_RDONLY = ST_RDONLY;

int linux_errno(void) { return errno; }

/* musl's open(2) sets close-on-exec again with fcntl(2), and openat(2) does not. */
int linux_open(const char *path, int flags, mode_t mode)
{
	return openat(AT_FDCWD, path, flags, mode);
}

const void *linux_memmem(const void *bytes, size_t size, const void *word, size_t length)
{
	return memmem(bytes, size, word, length);
}

int linux_openat2(int directory, const char *path, uint64_t flags, uint64_t resolve)
{
	struct open_how how = {.flags = flags, .resolve = resolve};
	return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

int linux_fcntl(int fd, int command, int argument) { return fcntl(fd, command, argument); }

int linux_fcntl_lock(int fd, int command, struct flock *lock) { return fcntl(fd, command, lock); }

/* glibc has a wrapper for close_range(2) only since 2.34. */
int linux_close_range_from(unsigned int first, unsigned int flags)
{
	return (int)syscall(SYS_close_range, first, ~0U, flags);
}

int linux_ioctl(int fd, unsigned long request, void *argument)
{
	return ioctl(fd, request, argument);
}

int linux_memfd_create(const char *name) { return memfd_create(name, MFD_CLOEXEC); }

int linux_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

struct dirent *linux_readdir(DIR *directory)
{
	errno = 0;
	return readdir(directory);
}

int linux_is_directory(const struct dirent *entry) { return entry->d_type == DT_DIR; }

const char *linux_entry_name(const struct dirent *entry) { return entry->d_name; }

int linux_set_mount_options(int directory, const char *const options[])
{
	int context = (int)syscall(SYS_fspick, directory, "", FSPICK_CLOEXEC | FSPICK_EMPTY_PATH);
	if (context == -1)
		return -1;
	long result = 0;
	for (; *options && result == 0; options++)
		result = syscall(SYS_fsconfig, context, FSCONFIG_SET_FLAG, *options, NULL, 0);
	if (result == 0)
		result = syscall(SYS_fsconfig, context, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0);
	int error = errno;
	close(context);
	errno = error;
	return (int)result;
}

int linux_increase_counter(int file, size_t size, size_t place, uint64_t magic)
{
	/* On i386, the alignment would otherwise be 4. */
	typedef uint64_t number __attribute__((aligned(8)));
	number *numbers;

	/* The blocks must exist: writing to a hole of a full file system kills the process. */
	if (fallocate(file, 0, 0, (off_t)size) == -1)
		return -1;
	numbers = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	if (numbers == MAP_FAILED)
		return -1;
	__atomic_store_n(&numbers[0], magic, __ATOMIC_RELAXED);
	__atomic_fetch_add(&numbers[place], 1, __ATOMIC_RELAXED);
	return munmap(numbers, size);
}
