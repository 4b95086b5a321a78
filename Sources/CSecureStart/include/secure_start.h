/* What a setuid program keeps of its caller's command line and environment: the arguments. */
#ifndef BERTH_SECURE_START_H
#define BERTH_SECURE_START_H

int secure_start_argument_count(void);
unsigned long secure_start_argument_length(int index);
unsigned char secure_start_argument_byte(int index, unsigned long place);

#endif
