/* The command line and the environment of a program that starts with root's privileges. In a
 * program that links this module, the vector in which libraries look up environment variables is
 * emptied at start; the strings remain in memory. Descriptors 0 to 2, limits and signals: see
 * ProcessSanitizer. */
#ifndef BERTH_SECURE_START_H
#define BERTH_SECURE_START_H

/* argc, as the kernel passed it. */
int secure_start_argument_count(void);

/* argv[index], which must exist, and its length without the zero byte. */
const unsigned char *secure_start_argument(int index, unsigned long *length);

/* Overwrites argv[0], if there is one, with as much of the name as fits, and with zero bytes. */
void secure_start_replace_name(const unsigned char *name);

/* The strings of the environment one after the other, each with its zero byte; length counts all
 * bytes. The dynamic loader removes LD_PRELOAD and others from the vector of a setuid program, but
 * not from here: the kernel wrote them between the last argument and the name of the executed
 * file. */
const unsigned char *secure_start_environment(unsigned long *length);

#endif
