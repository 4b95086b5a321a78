/* Entry points of statically linked programs, which run in place of the C library's _start
 * (Package.swift passes the name of one to the linker). They empty the environment, because the C
 * library reads it before main.
 *
 * secure_start_entry is that of the setuid programs. secure_start_entry_without_core is that of
 * berth-pam, which runs with all user IDs 0: the kernel does not set AT_SECURE, and the C library
 * would obey GLIBC_TUNABLES. A value that makes an allocation fail would end the program before
 * main, and leave a core dump owned by root in the directory in which su(1) was started. Setuid
 * programs leave none: the kernel makes them undumpable (see PR_SET_DUMPABLE in prctl(2)), and
 * berth-run must not change the core limit of the command that it executes. */
#include "start_vector.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

/* A system call. The functions of the C library cannot be used yet. */
__attribute__((always_inline)) static inline long call_raw(
	long number, long first, long second, long third, long fourth)
{
#if defined(__x86_64__)
	register long last __asm__("r10") = fourth;

	__asm__ volatile("syscall"
		: "+a"(number) : "D"(first), "S"(second), "d"(third), "r"(last)
		: "rcx", "r11", "memory");
	return number;
#elif defined(__aarch64__)
	register long code __asm__("x8") = number;
	register long result __asm__("x0") = first;
	register long b __asm__("x1") = second;
	register long c __asm__("x2") = third;
	register long d __asm__("x3") = fourth;

	__asm__ volatile("svc 0" : "+r"(result) : "r"(code), "r"(b), "r"(c), "r"(d) : "memory");
	return result;
#elif defined(__i386__)
	__asm__ volatile("int $0x80"
		: "+a"(number) : "b"(first), "c"(second), "d"(third), "S"(fourth) : "memory");
	return number;
#elif defined(__arm__)
	register long result __asm__("r0") = first;
	register long b __asm__("r1") = second;
	register long c __asm__("r2") = third;
	register long d __asm__("r3") = fourth;

	/* r7 may be the frame pointer. */
	__asm__ volatile("push {r7}; mov r7, %1; svc 0; pop {r7}"
		: "+r"(result) : "r"(number), "r"(b), "r"(c), "r"(d) : "memory");
	return result;
#else
#error "secure_start_entry is written in assembly: add this architecture"
#endif
}

/* In a setuid program, glibc replaces closed standard descriptors with descriptors of /dev/null
 * that cannot be used: reading from 0, and writing to 1 and 2, fails. musl opens /dev/null for
 * reading and writing, so the program would not detect that its output was lost. After this
 * function, no standard descriptor is closed, and musl opens nothing. */
__attribute__((always_inline)) static inline void open_standard_descriptors(void)
{
#if defined(BERTH_MUSL)
	for (long number = 0; number < 3; number++)
		if (call_raw(SYS_fcntl, number, F_GETFD, 0, 0) < 0)
			call_raw(SYS_openat, AT_FDCWD, (long)"/dev/null",
				 number == 0 ? O_WRONLY : O_RDONLY, 0);
#endif
}

/* The stack protector's canary does not exist before the C library has started. */
#define NO_STACK_PROTECTOR __attribute__((no_stack_protector))

/* Records the command line, and makes each entry of the environment's vector an empty string. The
 * strings themselves stay where secure_start_environment finds them, and so does the end of the
 * vector, after which the library looks for the auxiliary vector. Relocations are not applied yet,
 * so no library function may be called. volatile prevents the compiler from replacing a loop with a
 * call. */
__attribute__((always_inline)) NO_STACK_PROTECTOR
static inline void take_vectors(long *stack)
{
	char **environment = (char **)(stack + 2 + stack[0]);
	char *volatile *entry = environment;
	volatile char *end = environment[0];

	secure_start_count = (int)stack[0];
	secure_start_arguments = (char **)(stack + 1);
	while (end && *end)
		end++;
	for (; *entry; entry++)
		*entry = (char *)end;
}

__attribute__((used, visibility("hidden"))) NO_STACK_PROTECTOR
void secure_start_before_libc(long *stack)
{
	open_standard_descriptors();
	take_vectors(stack);
}

__attribute__((used, visibility("hidden"))) NO_STACK_PROTECTOR
void secure_start_before_libc_without_core(long *stack)
{
	const struct { unsigned long long now, most; } none = {0, 0};

	call_raw(SYS_prlimit64, 0, RLIMIT_CORE, (long)&none, 0);
	take_vectors(stack);
}

/* The stack is as the kernel left it, with argc at its top. The register in which _start expects a
 * function to call at exit is cleared. */
#if defined(__x86_64__)
#define CALL(function) \
	"	mov %rsp, %rdi\n" \
	"	mov %rsp, %rbx\n" \
	"	and $-16, %rsp\n" \
	"	call " function "\n" \
	"	mov %rbx, %rsp\n" \
	"	xor %edx, %edx\n" \
	"	jmp _start\n"
#elif defined(__aarch64__)
#define CALL(function) \
	"	mov x0, sp\n" \
	"	bl " function "\n" \
	"	mov x0, xzr\n" \
	"	b _start\n"
#elif defined(__i386__)
#define CALL(function) \
	"	mov %esp, %ebx\n" \
	"	and $-16, %esp\n" \
	"	sub $12, %esp\n" \
	"	push %ebx\n" \
	"	call " function "\n" \
	"	mov %ebx, %esp\n" \
	"	xor %edx, %edx\n" \
	"	jmp _start\n"
#elif defined(__arm__)
#define CALL(function) \
	"	mov r0, sp\n" \
	"	bl " function "\n" \
	"	mov r0, #0\n" \
	"	b _start\n"
#endif
#define ENTRY(name, function) \
	__asm__( \
		".section .text." name ",\"ax\",%progbits\n" \
		".globl " name "\n" \
		".hidden " name "\n" \
		".type " name ",%function\n" \
		name ":\n" CALL(function) \
		".size " name ", .-" name "\n" \
		".text\n")
ENTRY("secure_start_entry", "secure_start_before_libc");
ENTRY("secure_start_entry_without_core", "secure_start_before_libc_without_core");
