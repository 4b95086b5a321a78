/* What a setuid program keeps of its caller's command line and environment: the arguments, and for a
 * program that becomes one of the caller's, the text of the environment. */
#ifndef BERTH_SECURE_START_H
#define BERTH_SECURE_START_H

int secure_start_argument_count(void);
unsigned long secure_start_argument_length(int index);
unsigned char secure_start_argument_byte(int index, unsigned long place);

/* The strings of the caller's environment, each with its zero byte, one behind the other. The loader has
 * taken LD_* and others out of the vector of a setuid program, but not out of here, where the kernel
 * wrote them: between the last argument and the name that was executed. */
const unsigned char *secure_start_environment(unsigned long *length);

#endif
