#include "secure_start.h"
#include "start_vector.h"

#include <string.h>
#include <sys/auxv.h>
#if defined(BERTH_MUSL)
#include <link.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>
#endif

int secure_start_count;
char **secure_start_arguments;

#if defined(__GLIBC__)
/* Libraries read the environment in their own constructors, even in a setuid program, unless they
 * use secure_getenv(3): libnl reads NLDBG and NLCB and then writes to stderr; the Swift runtime
 * reads SWIFT_*. Functions in .preinit_array run before the constructors of all shared libraries,
 * so these find an empty vector. The vector is emptied, not removed as by clearenv(3), because the
 * Swift runtime crashes if environ is null. */
static void clear_environment(int count, char **vector, char **environment)
{
	secure_start_count = count;
	secure_start_arguments = vector;
	environment[0] = 0;
}

__attribute__((used, section(".preinit_array")))
static void (*const before_all_constructors)(int, char **, char **) = clear_environment;
#elif defined(BERTH_MUSL)
/* musl calls no functions in .preinit_array, so the programs are linked statically, and begin in
 * early_start.c. Its start code for them relocates the program, but does not make the relocated
 * data read-only, as the dynamic loader and glibc do. */
extern const __attribute__((visibility("hidden"))) ElfW(Ehdr) __ehdr_start;

__attribute__((constructor)) static void protect_relocated_data(void)
{
	uintptr_t program = (uintptr_t)&__ehdr_start, page = getauxval(AT_PAGESZ);
	const ElfW(Phdr) *header = (const ElfW(Phdr) *)(program + __ehdr_start.e_phoff);

	for (int i = 0; i < __ehdr_start.e_phnum; i++, header++) {
		uintptr_t start = (program + header->p_vaddr) & -page;
		uintptr_t end = (program + header->p_vaddr + header->p_memsz) & -page;

		if (header->p_type == PT_GNU_RELRO
		    && mprotect((void *)start, end - start, PROT_READ) == -1)
			_exit(127);
	}
}
#else
#error "unsupported C library: add code that empties the environment before the library reads it"
#endif

int secure_start_argument_count(void)
{
	return secure_start_count;
}

const unsigned char *secure_start_argument(int index, unsigned long *length)
{
	*length = strlen(secure_start_arguments[index]);
	return (const unsigned char *)secure_start_arguments[index];
}

void secure_start_replace_name(const unsigned char *name)
{
	if (secure_start_count < 1)
		return;
	for (char *next = secure_start_arguments[0]; *next; next++)
		*next = *name ? (char)*name++ : 0;
}

const unsigned char *secure_start_environment(unsigned long *length)
{
	const unsigned char *end = (const unsigned char *)getauxval(AT_EXECFN);
	const unsigned char *start = end;
	unsigned long last;

	if (secure_start_count > 0) {
		start = secure_start_argument(secure_start_count - 1, &last);
		start += last + 1;
	}
	*length = start < end ? (unsigned long)(end - start) : 0;
	return start;
}
