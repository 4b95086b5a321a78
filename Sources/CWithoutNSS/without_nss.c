/* Functions of the C library that would load plug-ins of NSS, for programs that are linked
 * statically. libnl-3 refers to them where it parses host names and names of protocols, which these
 * programs never ask it to do. Without these definitions, the linker would take NSS, dlopen(3) and
 * a DNS client from the C library's archive. */
#include <netdb.h>
#include <stddef.h>

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
		struct addrinfo **result)
{
	(void)node, (void)service, (void)hints;
	*result = NULL;
	return EAI_FAIL;
}

int getnameinfo(const struct sockaddr *address, socklen_t length, char *host, socklen_t host_size,
		char *service, socklen_t service_size, int flags)
{
	(void)address, (void)length, (void)host, (void)host_size, (void)service, (void)service_size,
		(void)flags;
	return EAI_FAIL;
}

void freeaddrinfo(struct addrinfo *addresses) { (void)addresses; }

struct protoent *getprotobyname(const char *name)
{
	(void)name;
	return NULL;
}

struct protoent *getprotobynumber(int number)
{
	(void)number;
	return NULL;
}
