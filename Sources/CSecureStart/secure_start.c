#include "secure_start.h"

#include <sys/auxv.h>

static int argument_count;
static char **arguments;

/* Libraries read the environment in their own constructors, even in a setuid program: libnl takes
 * NLDBG and NLCB from it and then writes to stderr, a Swift runtime takes SWIFT_*. Functions in
 * .preinit_array run before the constructors of every shared library, so what those find is an
 * empty vector. Empty, not absent: a null environ is more than a Swift runtime survives. */
static void keep_only_the_arguments(int count, char **vector, char **environment)
{
	argument_count = count;
	arguments = vector;
	environment[0] = 0;
}

__attribute__((used, section(".preinit_array")))
static void (*const before_all_constructors)(int, char **, char **) = keep_only_the_arguments;

int secure_start_argument_count(void)
{
	return argument_count;
}

unsigned long secure_start_argument_length(int index)
{
	unsigned long length = 0;
	while (arguments[index][length])
		length++;
	return length;
}

unsigned char secure_start_argument_byte(int index, unsigned long place)
{
	return (unsigned char)arguments[index][place];
}

const unsigned char *secure_start_environment(unsigned long *length)
{
	const unsigned char *end = (const unsigned char *)getauxval(AT_EXECFN);
	const unsigned char *start = end;

	if (argument_count > 0)
		start = (const unsigned char *)arguments[argument_count - 1]
			+ secure_start_argument_length(argument_count - 1) + 1;
	*length = start < end ? (unsigned long)(end - start) : 0;
	return start;
}
