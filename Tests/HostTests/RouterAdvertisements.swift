import TestSupport
import Testing

/// NICs without a bridge, whose frames reach the host's IP stack.
@Suite(.enabled(if: Host.obstacle == nil, "\(Host.obstacle ?? "")"))
struct RouterAdvertisements {
    @Test("a router advertisement from a container adds no route to the host")
    func noBridge() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.enter()
            host.allow("eve veth none 1")
            let container = Container(of: 2000)
            let nic = try #require(Answer(Program.ours.create(container, on: "none"))).hostName
            container.shell("ip link set eth0 up; ip -6 address add fe80::1/64 dev eth0 nodad")
            let routes = { container.shell("ip -6 route show table local dev eth0").output }
            for _ in 1...600 where !routes().contains("ff00") { shell("sleep 0.05") }

            expect(container.shell("\(scripts)advertise.pl eth0").errorOutput, is: "")
            shell("sleep 0.5")
            expect(shell("ip -6 route show default").lines, is: [])
            expect(shell("ip -6 address show dev \(nic)").lines, is: [])
            for setting in [
                "ipv4/conf/\(nic)/accept_redirects", "ipv6/conf/\(nic)/accept_redirects",
            ] {
                expect(contents(of: "/proc/sys/net/\(setting)"), is: "0\n")
            }

            // Control: on a NIC that is not protected the same message has an effect.
            shell("echo 1 > /proc/sys/net/ipv6/conf/\(nic)/accept_ra")
            expect(container.shell("\(scripts)advertise.pl eth0").errorOutput, is: "")
            let route = { shell("ip -6 route show default").output }
            for _ in 1...600 where route().isEmpty { shell("sleep 0.1") }
            expect(route().contains("via fe80::1 dev \(nic)"), route())
        }
    }

    @Test("an ICMP redirect from a container changes no route of the host")
    func redirects() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.enter()
            host.allow("eve veth none 1")
            shell(
                """
                ip link add name up0 type veth peer name up1; ip link set up0 up; ip link set up1 up
                ip address add 192.0.2.1/24 dev up0; ip route add 198.51.100.0/24 via 192.0.2.254
                ip neighbor add 192.0.2.66 lladdr 02:00:00:00:00:66 dev up0
                """)
            let container = Container(of: 2000)
            let nic = try #require(Answer(Program.ours.create(container, on: "none"))).hostName
            let address = shell("cat /sys/class/net/\(nic)/address").lines.first ?? ""
            container.shell(
                """
                ip link set eth0 up; ip address add 192.0.2.77/32 dev eth0
                ip route add 192.0.2.1 dev eth0
                ip neighbor add 192.0.2.1 lladdr \(address) dev eth0
                """)
            for _ in 1...600 where !container.shell("ip -br link show eth0").output.contains(" UP ")
            {
                shell("sleep 0.05")
            }
            let route = { shell("ip route get 198.51.100.7").output }

            expect(container.shell("\(scripts)redirect.pl").errorOutput, is: "")
            shell("sleep 0.3")
            expect(route().contains("via 192.0.2.254"), route())

            // Control: on a NIC that is not protected the same message has an effect.
            shell("echo 0 > /proc/sys/net/ipv4/conf/\(nic)/rp_filter")
            expect(container.shell("\(scripts)redirect.pl").errorOutput, is: "")
            for _ in 1...600 where !route().contains("via 192.0.2.66") { shell("sleep 0.05") }
            expect(route().contains("via 192.0.2.66"), route())
        }
    }
}

private let scripts = String(#filePath.dropLast("RouterAdvertisements.swift".count)) + "scripts/"
