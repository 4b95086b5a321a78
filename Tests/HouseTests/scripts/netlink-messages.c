/* Compares the functions of messages.c with those of libnl-3, for random arguments and messages.
 * Prints the number of comparisons. */
#define nlmsg_alloc_simple own_nlmsg_alloc_simple
#define nlmsg_free own_nlmsg_free
#define nlmsg_hdr own_nlmsg_hdr
#define nlmsg_append own_nlmsg_append
#define nlmsg_ok own_nlmsg_ok
#define nlmsg_next own_nlmsg_next
#define nlmsg_data own_nlmsg_data
#define nlmsg_datalen own_nlmsg_datalen
#define nla_data own_nla_data
#define nla_len own_nla_len
#define nla_find own_nla_find
#define nla_put own_nla_put
#define nla_nest_start own_nla_nest_start
#define nla_nest_end own_nla_nest_end
#include "messages.c"
#undef nlmsg_alloc_simple
#undef nlmsg_free
#undef nlmsg_hdr
#undef nlmsg_append
#undef nlmsg_ok
#undef nlmsg_next
#undef nlmsg_data
#undef nlmsg_datalen
#undef nla_data
#undef nla_len
#undef nla_find
#undef nla_put
#undef nla_nest_start
#undef nla_nest_end
/* Again, now with the names of libnl-3. */
#undef BERTH_NETLINK_ATTR_H
#undef BERTH_NETLINK_MSG_H
#include <netlink/msg.h>

#include <stdio.h>

static long comparisons;

static void equal(long own, long theirs, const char *what)
{
	comparisons++;
	if (own == theirs)
		return;
	fprintf(stderr, "%s: %ld instead of %ld\n", what, own, theirs);
	exit(1);
}

static int below(int limit) { return (int)((unsigned)random() % (unsigned)limit); }

/* Appends the same to both, at most three nests deep. */
static void build(struct nl_msg *own, struct nl_msg *theirs, int depth)
{
	static unsigned char data[2048];

	for (int step = below(5); step > 0; step--) {
		int type = below(64), size = below(8) ? below(40) : below(sizeof data);

		for (int i = 0; i < size; i++)
			data[i] = (unsigned char)random();
		if (below(3) || depth == 3) {
			equal(own_nla_put(own, type, size, data) < 0,
			      nla_put(theirs, type, size, data) < 0, "nla_put");
			continue;
		}
		struct nlattr *first = own_nla_nest_start(own, type);
		struct nlattr *second = nla_nest_start(theirs, type);

		equal(!first, !second, "nla_nest_start");
		if (!first)
			continue;
		if (below(2))
			equal(own_nlmsg_append(own, data, (size_t)size, NLMSG_ALIGNTO) < 0,
			      nlmsg_append(theirs, data, (size_t)size, NLMSG_ALIGNTO) < 0,
			      "nlmsg_append");
		build(own, theirs, depth + 1);
		equal(own_nla_nest_end(own, first) < 0, nla_nest_end(theirs, second) < 0,
		      "nla_nest_end");
	}
}

static void parse(unsigned char *datagram, int size)
{
	struct nlmsghdr *own = (struct nlmsghdr *)datagram, *theirs = own;
	int own_rest = size, their_rest = size;

	while (1) {
		equal(own_nlmsg_ok(own, own_rest) != 0, nlmsg_ok(theirs, their_rest) != 0, "nlmsg_ok");
		if (!own_nlmsg_ok(own, own_rest))
			return;
		equal(own_nlmsg_datalen(own), nlmsg_datalen(own), "nlmsg_datalen");
		equal((long)own_nlmsg_data(own), (long)nlmsg_data(own), "nlmsg_data");
		for (int type = 0; type < 64; type++) {
			struct nlattr *data = own_nlmsg_data(own);
			struct nlattr *found = own_nla_find(data, own_nlmsg_datalen(own), type);

			equal((long)found, (long)nla_find(data, own_nlmsg_datalen(own), type),
			      "nla_find");
			if (found) {
				equal(own_nla_len(found), nla_len(found), "nla_len");
				equal((long)own_nla_data(found), (long)nla_data(found), "nla_data");
			}
		}
		own = own_nlmsg_next(own, &own_rest);
		theirs = nlmsg_next(theirs, &their_rest);
		equal((long)own, (long)theirs, "nlmsg_next");
		equal(own_rest, their_rest, "what remains after nlmsg_next");
		if (own_rest < 0)
			return;
	}
}

int main(void)
{
	/* Zeros follow, which end every search. */
	static _Alignas(16) unsigned char datagram[4096 * 3];

	srandom(20261129);
	for (int round = 0; round < 20000; round++) {
		int type = below(128), flags = below(0x1000);
		struct nl_msg *own = own_nlmsg_alloc_simple(type, flags);
		struct nl_msg *theirs = nlmsg_alloc_simple(type, flags);

		build(own, theirs, 0);
		const struct nlmsghdr *first = own_nlmsg_hdr(own), *second = nlmsg_hdr(theirs);
		equal(first->nlmsg_len, second->nlmsg_len, "the length");
		equal(memcmp(first, second, first->nlmsg_len), 0, "the message");

		/* Twice, with a few bytes changed. */
		int size = (int)first->nlmsg_len;
		memset(datagram, 0, sizeof datagram);
		memcpy(datagram, first, (size_t)size);
		memcpy(datagram + size, first, (size_t)size);
		for (int changes = below(4); changes > 0; changes--)
			datagram[below(2 * size)] = (unsigned char)random();
		parse(datagram, below(2) ? 2 * size : below(2 * size));
		own_nlmsg_free(own);
		nlmsg_free(theirs);
	}
	printf("%ld\n", comparisons);
	return 0;
}
