#!/usr/bin/perl
# advertise.pl INTERFACE: sends a router advertisement with a default route and a prefix (RFC 4861)
# to all nodes.
use strict;
use Socket qw(:DEFAULT inet_pton pack_sockaddr_in6);
my $index = do {
    open my $f, '<', "/proc/net/if_inet6";
    my @l = grep { / $ARGV[0]$/ } <$f>;
    hex((split ' ', $l[0])[1]);
};
socket(my $s, AF_INET6, SOCK_RAW, 58) or die $!;
setsockopt($s, 41, 17, pack('i', $index)) or die $!;    # IPV6_MULTICAST_IF
setsockopt($s, 41, 18, pack('i', 255)) or die $!;       # IPV6_MULTICAST_HOPS
my $prefix = pack('CCCCNNN', 3, 4, 64, 0xc0, 3600, 3600, 0) . inet_pton(AF_INET6, '2001:db8:1::');
my $message = pack('CCnCCnNN', 134, 0, 0, 64, 0, 1800, 0, 0) . $prefix;
send($s, $message, 0, pack_sockaddr_in6(0, inet_pton(AF_INET6, 'ff02::1'), $index)) or die $!;
