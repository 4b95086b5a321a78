/* The kernel's constants, with the messages of messages.c. */
#include "../../CNetlink/netlink.h"
