/* Directories held by descriptor, and what lies beneath them; and the step from this program into
 * another one. */
#ifndef BERTH_DIRECTORY_H
#define BERTH_DIRECTORY_H

#include "linux.h"
#include <dirent.h>
#include <linux/openat2.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

extern int execvpe(const char *, char *const[], char *const[]);

static const int linux_AT_EACCESS = 0x200;
static const long linux_CGROUP2_MAGIC = 0x63677270; /* statfs(2) */
/* The numbers of the namespaces that the kernel begins with: include/uapi/linux/nsfs.h (6.18), and
 * include/linux/proc_ns.h before it was said there. */
static const unsigned long linux_INITIAL_USER_NAMESPACE = 0xEFFFFFFDUL;
static const unsigned long linux_INITIAL_CGROUP_NAMESPACE = 0xEFFFFFFBUL;

/* Opens what lies beneath a directory: no link is followed, no mount crossed, nothing left by "..". */
static inline int linux_open_beneath(int directory, const char *path, int flags)
{
	struct open_how how;
	memset(&how, 0, sizeof how);
	how.flags = (unsigned long)(flags | O_CLOEXEC);
	how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
	return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

static inline int linux_give_to(int fd, uid_t user, gid_t group)
{
	return fchownat(fd, "", user, group, 0x1000 /* AT_EMPTY_PATH */);
}

/* What kind of file system it is on; -1 on error. */
static inline long linux_file_system(int fd)
{
	struct statfs information;
	return fstatfs(fd, &information) == -1 ? -1L : (long)information.f_type;
}

/* NULL at the end, with the error 0, and NULL where the kernel has none for the rest. */
static inline struct dirent *linux_next_entry(DIR *directory)
{
	errno = 0;
	return readdir(directory);
}
static inline int linux_is_directory(const struct dirent *entry) { return entry->d_type == DT_DIR; }
static inline const char *linux_entry_name(const struct dirent *entry) { return entry->d_name; }

#endif
