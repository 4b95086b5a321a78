import TestSupport
import Testing

/// Where no bridge takes the container's frames off its NIC, they reach the host's IP.
@Suite(.enabled(if: Host.obstacle == nil, "\(Host.obstacle ?? "")"))
struct RouterAdvertisements {
    @Test("a container does not become the host's router")
    func noBridge() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.enter()
            host.allow("eve veth none 1")
            let container = Container(of: 2000)
            let nic = try #require(Answer(Program.ours.create(container, on: "none"))).hostName
            write(advertisement, to: "/run/test/advertise")
            container.shell(
                """
                ip link set eth0 up; ip -6 address add fe80::1/64 dev eth0 nodad
                for n in $(seq 600); do
                  ip -6 route show table local dev eth0 | grep -q ff00 && break; sleep 0.05
                done
                """)

            expect(container.shell("perl /run/test/advertise eth0").complaint, is: "")
            shell("sleep 0.5")
            expect(shell("ip -6 route show default").lines, is: [])
            expect(shell("ip -6 address show dev \(nic)").lines, is: [])
            for setting in [
                "ipv4/conf/\(nic)/accept_redirects", "ipv6/conf/\(nic)/accept_redirects",
            ] {
                expect(contents(of: "/proc/sys/net/\(setting)"), is: "0\n")
            }

            // That the same message would do it on a NIC that is not shielded.
            shell("echo 1 > /proc/sys/net/ipv6/conf/\(nic)/accept_ra")
            expect(container.shell("perl /run/test/advertise eth0").complaint, is: "")
            shell(
                "for n in $(seq 600); do ip -6 route show default | grep -q . && break; sleep 0.1; done"
            )
            expect(shell("ip -6 route show default").output.contains("via fe80::1 dev \(nic)"))
        }
    }

    @Test("a container does not redirect the host's routes")
    func redirects() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.enter()
            host.allow("eve veth none 1")
            shell(
                """
                ip link add name up0 type veth peer name up1; ip link set up0 up; ip link set up1 up
                ip address add 192.0.2.1/24 dev up0; ip route add 198.51.100.0/24 via 192.0.2.254
                ip neighbour add 192.0.2.66 lladdr 02:00:00:00:00:66 dev up0
                """)
            let container = Container(of: 2000)
            let nic = try #require(Answer(Program.ours.create(container, on: "none"))).hostName
            write(redirect, to: "/run/test/redirect")
            let address = shell("cat /sys/class/net/\(nic)/address").lines.first ?? ""
            container.shell(
                """
                ip link set eth0 up; ip address add 192.0.2.77/32 dev eth0
                ip route add 192.0.2.1 dev eth0; ip neighbour add 192.0.2.1 lladdr \(address) dev eth0
                for n in $(seq 600); do ip -br link show eth0 | grep -q ' UP ' && break; sleep 0.05; done
                """)
            let route = { shell("ip route get 198.51.100.7").output }

            expect(container.shell("perl /run/test/redirect").complaint, is: "")
            shell("sleep 0.3")
            expect(route().contains("via 192.0.2.254"), route())

            // That the same message would do it on a NIC that is not shielded.
            shell("echo 0 > /proc/sys/net/ipv4/conf/\(nic)/rp_filter")
            expect(container.shell("perl /run/test/redirect").complaint, is: "")
            for _ in 1...600 where !route().contains("via 192.0.2.66") { shell("sleep 0.05") }
            expect(route().contains("via 192.0.2.66"), route())
        }
    }
}

/// A redirect (RFC 792) that claims to come from the host's gateway, about an answer to a ping.
private let redirect = """
    use strict; use Socket;
    sub sum { my $s = 0; $s += $_ for unpack('n*', $_[0]); $s = ($s & 0xffff) + ($s >> 16) while $s >> 16; ~$s & 0xffff }
    my $host = inet_aton('192.0.2.1');
    my $about = pack('CCnnnCCna4a4', 0x45, 0, 28, 1, 0, 64, 1, 0, $host, inet_aton('198.51.100.7')) . pack('CCnnn', 0, 0, 0, 1, 1);
    my $head = pack('CCna4', 5, 1, 0, inet_aton('192.0.2.66'));
    substr($head, 2, 2) = pack('n', sum($head . $about));
    my $packet = pack('CCnnnCCna4a4', 0x45, 0, 20 + length($head . $about), 2, 0, 64, 1, 0, inet_aton('192.0.2.254'), $host) . $head . $about;
    socket(my $s, AF_INET, SOCK_RAW, 255) or die $!;
    send($s, $packet, 0, pack_sockaddr_in(0, $host)) or die $!;
    """

/// A router advertisement with a default route and a prefix (RFC 4861), sent to all nodes.
private let advertisement = """
    use strict; use Socket qw(:DEFAULT inet_pton pack_sockaddr_in6);
    my $index = do { open my $f, '<', "/proc/net/if_inet6"; my @l = grep { / $ARGV[0]$/ } <$f>; hex((split ' ', $l[0])[1]) };
    socket(my $s, AF_INET6, SOCK_RAW, 58) or die $!;
    setsockopt($s, 41, 17, pack('i', $index)) or die $!;   # IPV6_MULTICAST_IF
    setsockopt($s, 41, 18, pack('i', 255)) or die $!;      # IPV6_MULTICAST_HOPS
    my $prefix = pack('CCCCNNN', 3, 4, 64, 0xc0, 3600, 3600, 0) . inet_pton(AF_INET6, '2001:db8:1::');
    my $message = pack('CCnCCnNN', 134, 0, 0, 64, 0, 1800, 0, 0) . $prefix;
    send($s, $message, 0, pack_sockaddr_in6(0, inet_pton(AF_INET6, 'ff02::1'), $index)) or die $!;
    """
