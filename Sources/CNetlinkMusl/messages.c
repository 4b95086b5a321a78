/* The functions of libnl-3 that Netlink calls, for programs that are linked with musl: not every
 * distribution has a libnl-3 for it. Their results are those of libnl-3, for the same arguments:
 * Tests/HouseTests/scripts/netlink-messages.c compares them. */
#include <netlink/msg.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* As large as a page, which suffices for each request that Netlink builds. */
struct nl_msg {
	struct nlmsghdr header;
	char rest[4096 - NLMSG_HDRLEN];
};

struct nl_msg *nlmsg_alloc_simple(int type, int flags)
{
	struct nl_msg *message = calloc(1, sizeof *message);

	if (message) {
		message->header.nlmsg_len = NLMSG_HDRLEN;
		message->header.nlmsg_type = (uint16_t)type;
		message->header.nlmsg_flags = (uint16_t)flags;
	}
	return message;
}

void nlmsg_free(struct nl_msg *message) { free(message); }

struct nlmsghdr *nlmsg_hdr(struct nl_msg *message) { return &message->header; }

/* Lengthens the message. Returns the new, empty bytes; NULL if they do not fit. */
static void *reserve(struct nl_msg *message, size_t size)
{
	size_t old = message->header.nlmsg_len;

	if (size > sizeof *message - old || NLMSG_ALIGN(size) > sizeof *message - old)
		return NULL;
	message->header.nlmsg_len = (uint32_t)(old + NLMSG_ALIGN(size));
	return (char *)message + old;
}

int nlmsg_append(struct nl_msg *message, void *data, size_t size, int alignment)
{
	void *place = reserve(message, size);

	(void)alignment;
	if (!place)
		return -1;
	memcpy(place, data, size);
	return 0;
}

int nla_put(struct nl_msg *message, int type, int size, const void *data)
{
	struct nlattr *attribute;

	if (size < 0 || size > UINT16_MAX - NLA_HDRLEN)
		return -1;
	attribute = reserve(message, NLA_HDRLEN + (size_t)size);
	if (!attribute)
		return -1;
	attribute->nla_type = (uint16_t)type;
	attribute->nla_len = (uint16_t)(NLA_HDRLEN + size);
	if (size > 0)
		memcpy(nla_data(attribute), data, (size_t)size);
	return 0;
}

struct nlattr *nla_nest_start(struct nl_msg *message, int type)
{
	struct nlattr *start = (struct nlattr *)((char *)message + message->header.nlmsg_len);

	return nla_put(message, NLA_F_NESTED | type, 0, NULL) == 0 ? start : NULL;
}

/* Removes the attribute if it is empty. */
int nla_nest_end(struct nl_msg *message, struct nlattr *start)
{
	char *end = (char *)message + message->header.nlmsg_len;
	long size = end - (char *)start;

	if (size > UINT16_MAX)
		return -1;
	if (size == NLA_HDRLEN) {
		message->header.nlmsg_len -= NLA_HDRLEN;
		memset(start, 0, NLA_HDRLEN);
	} else {
		start->nla_len = (uint16_t)size;
	}
	return 0;
}

int nlmsg_ok(const struct nlmsghdr *header, int remaining)
{
	return remaining >= NLMSG_HDRLEN && header->nlmsg_len >= NLMSG_HDRLEN
		&& header->nlmsg_len <= (uint32_t)remaining;
}

struct nlmsghdr *nlmsg_next(struct nlmsghdr *header, int *remaining)
{
	/* At most 3 more than what remains, after nlmsg_ok. */
	int size = (int)NLMSG_ALIGN(header->nlmsg_len);

	*remaining -= size;
	return (struct nlmsghdr *)((char *)header + size);
}

void *nlmsg_data(const struct nlmsghdr *header) { return (char *)header + NLMSG_HDRLEN; }

int nlmsg_datalen(const struct nlmsghdr *header)
{
	return (int)header->nlmsg_len - NLMSG_HDRLEN;
}

void *nla_data(const struct nlattr *attribute) { return (char *)attribute + NLA_HDRLEN; }

int nla_len(const struct nlattr *attribute) { return attribute->nla_len - NLA_HDRLEN; }

struct nlattr *nla_find(const struct nlattr *first, int size, int type)
{
	const struct nlattr *next = first;

	while (size >= NLA_HDRLEN && next->nla_len >= NLA_HDRLEN && next->nla_len <= size) {
		if ((next->nla_type & NLA_TYPE_MASK) == type)
			return (struct nlattr *)next;
		size -= NLA_ALIGN(next->nla_len);
		next = (const struct nlattr *)((const char *)next + NLA_ALIGN(next->nla_len));
	}
	return NULL;
}
