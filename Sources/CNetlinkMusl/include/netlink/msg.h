/* See messages.c. */
#ifndef BERTH_NETLINK_MSG_H
#define BERTH_NETLINK_MSG_H

#include <netlink/attr.h>
#include <stddef.h>

struct nl_msg *nlmsg_alloc_simple(int type, int flags);
void nlmsg_free(struct nl_msg *message);
struct nlmsghdr *nlmsg_hdr(struct nl_msg *message);
int nlmsg_append(struct nl_msg *message, void *data, size_t size, int alignment);

int nlmsg_ok(const struct nlmsghdr *header, int remaining);
struct nlmsghdr *nlmsg_next(struct nlmsghdr *header, int *remaining);
void *nlmsg_data(const struct nlmsghdr *header);
int nlmsg_datalen(const struct nlmsghdr *header);

#endif
