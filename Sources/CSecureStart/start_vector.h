/* The command line that the kernel passed. The variables are hidden, so that code can write them
 * before relocations are applied. */
#ifndef BERTH_START_VECTOR_H
#define BERTH_START_VECTOR_H

extern __attribute__((visibility("hidden"))) int secure_start_count;
extern __attribute__((visibility("hidden"))) char **secure_start_arguments;

#endif
