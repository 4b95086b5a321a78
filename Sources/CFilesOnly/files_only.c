/* For programs that are linked statically with the C library (make static): accounts, groups and
 * host names come from files in /etc only. Any other source in nsswitch.conf(5) would be a module
 * of the host's C library, which can be a different version or a different library: a static
 * program that loads such a module crashes. */
#include <nss.h>
#include <stddef.h>

__attribute__((constructor)) static void use_files_only(void)
{
	static const char *const databases[] = {
		"passwd", "group", "initgroups", "hosts", "networks", "protocols", "services",
	};
	for (size_t i = 0; i < sizeof(databases) / sizeof(databases[0]); i++)
		__nss_configure_lookup(databases[i], "files");
}
