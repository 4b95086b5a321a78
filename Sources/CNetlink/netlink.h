/* Messages and attributes of libnl-3, and the kernel's constants for network interfaces.
 * Not libnl-route-3: its 74 constructors would run in a setuid program, and it knows neither the
 * isolated option of a bridge port nor addresses in another namespace. */
#ifndef BERTH_NETLINK_H
#define BERTH_NETLINK_H

/* Included first, so that the kernel's headers leave out what the C library also defines. */
#include <netinet/in.h>

#include <linux/fib_rules.h>
#include <linux/if.h>
#include <linux/if_bridge.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/inet_diag.h>
#include <linux/ip.h>
#include <linux/net_namespace.h>
#include <linux/neighbour.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tc_act/tc_gact.h>
#include <linux/veth.h>
#include <linux/xfrm.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <sys/socket.h>

/* SOCK_RAW is an enumerator in one C library, and a macro in another. */
static inline int netlink_socket(int family)
{
	return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, family);
}

#endif
