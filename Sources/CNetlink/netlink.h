/* libnl's messages, attributes and sockets, and the kernel's numbers for links. Not
 * libnl-route: berth-nic sends three kinds of message, and what a setuid program links is both its
 * start-up time and its attack surface. */
#ifndef BERTH_NETLINK_H
#define BERTH_NETLINK_H

/* First: the kernel's headers then leave to the C library what both define, and a program that
 * imports the C library too sees one definition. */
#include <netinet/in.h>

#include <linux/if.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/net_namespace.h>
#include <linux/neighbour.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <stdlib.h>

#endif
