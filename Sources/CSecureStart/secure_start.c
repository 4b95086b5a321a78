#include "secure_start.h"

#include <string.h>
#include <sys/auxv.h>

static int argument_count;
static char **arguments;

/* Libraries read the environment in their own constructors, even in a setuid program, unless they
 * use secure_getenv(3): libnl reads NLDBG and NLCB and then writes to stderr; the Swift runtime
 * reads SWIFT_*. Functions in .preinit_array run before the constructors of all shared libraries,
 * so these find an empty vector. The vector is emptied, not removed as by clearenv(3), because the
 * Swift runtime crashes if environ is null. */
static void clear_environment(int count, char **vector, char **environment)
{
	argument_count = count;
	arguments = vector;
	environment[0] = 0;
}

__attribute__((used, section(".preinit_array")))
static void (*const before_all_constructors)(int, char **, char **) = clear_environment;

int secure_start_argument_count(void)
{
	return argument_count;
}

const unsigned char *secure_start_argument(int index, unsigned long *length)
{
	*length = strlen(arguments[index]);
	return (const unsigned char *)arguments[index];
}

const unsigned char *secure_start_environment(unsigned long *length)
{
	const unsigned char *end = (const unsigned char *)getauxval(AT_EXECFN);
	const unsigned char *start = end;
	unsigned long last;

	if (argument_count > 0) {
		start = secure_start_argument(argument_count - 1, &last);
		start += last + 1;
	}
	*length = start < end ? (unsigned long)(end - start) : 0;
	return start;
}
