/* sd-bus, from libsystemd. */
#ifndef BERTH_SYSTEMD_H
#define BERTH_SYSTEMD_H

#include <errno.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include <time.h>

#endif
