/* See messages.c. */
#ifndef BERTH_NETLINK_ATTR_H
#define BERTH_NETLINK_ATTR_H

#include <linux/netlink.h>

struct nl_msg;

void *nla_data(const struct nlattr *attribute);
int nla_len(const struct nlattr *attribute);
struct nlattr *nla_find(const struct nlattr *first, int size, int type);
int nla_put(struct nl_msg *message, int type, int size, const void *data);
struct nlattr *nla_nest_start(struct nl_msg *message, int type);
int nla_nest_end(struct nl_msg *message, struct nlattr *start);

#endif
