/* one-message PID BRIDGE-INDEX: the lower limit for any helper. Sends the one netlink message that
 * creates a NIC. Setuid root; checks no permissions and counts nothing. */
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

static struct {
	struct nlmsghdr header;
	struct ifinfomsg link;
	char attributes[512];
} message;

static struct rtattr *put(int type, const void *data, size_t size)
{
	struct rtattr *attribute = (void *)((char *)&message + NLMSG_ALIGN(message.header.nlmsg_len));
	attribute->rta_type = type;
	attribute->rta_len = RTA_LENGTH(size);
	if (size)
		memcpy(RTA_DATA(attribute), data, size);
	message.header.nlmsg_len =
		NLMSG_ALIGN(message.header.nlmsg_len) + RTA_ALIGN(attribute->rta_len);
	return attribute;
}

static void close_nest(struct rtattr *nest)
{
	nest->rta_len = (char *)&message + message.header.nlmsg_len - (char *)nest;
}

int main(int argc, char **argv)
{
	char path[64], name[IFNAMSIZ];
	unsigned int random;
	struct ifinfomsg peer = {0};

	if (argc != 3 || getrandom(&random, sizeof random, 0) != sizeof random)
		return 2;
	snprintf(path, sizeof path, "/proc/%d/ns/net", atoi(argv[1]));
	snprintf(name, sizeof name, "vethc_%08x", random);
	int network = open(path, O_RDONLY | O_CLOEXEC), bridge = atoi(argv[2]);
	int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	message.header.nlmsg_len = NLMSG_LENGTH(sizeof message.link);
	message.header.nlmsg_type = RTM_NEWLINK;
	message.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL;
	message.link.ifi_flags = message.link.ifi_change = IFF_UP;
	put(IFLA_IFNAME, name, strlen(name) + 1);
	put(IFLA_MASTER, &bridge, sizeof bridge);
	struct rtattr *info = put(IFLA_LINKINFO, NULL, 0);
	put(IFLA_INFO_KIND, "veth", 5);
	struct rtattr *data = put(IFLA_INFO_DATA, NULL, 0);
	struct rtattr *other = put(VETH_INFO_PEER, &peer, sizeof peer);
	put(IFLA_IFNAME, "eth%d", 6);
	put(IFLA_NET_NS_FD, &network, sizeof network);
	close_nest(other);
	close_nest(data);
	close_nest(info);

	char answer[4096];
	if (send(netlink, &message, message.header.nlmsg_len, 0) < 0
	    || recv(netlink, answer, sizeof answer, 0) < 0)
		return 1;
	return ((struct nlmsgerr *)NLMSG_DATA(answer))->error != 0;
}
