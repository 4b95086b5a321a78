import TestSupport
import Testing

/// The options after COUNT, tested by the frames that the kernel lets through.
@Suite(.enabled(if: Host.obstacle == nil, "\(Host.obstacle ?? "")"))
struct PortOptionsInForce {
    @Test("with isolated, containers reach the bridge and not each other")
    func isolated() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withPingableBridge()
            host.allow("eve veth br0 2 isolated", "bob veth br0 1")
            let first = try Pinger(2, on: host)
            let second = try Pinger(3, on: host)
            let open = try Pinger(4, on: host, as: 2001)
            expect(
                first.reaches(1) && second.reaches(1) && open.reaches(1),
                "all containers reach the bridge")
            expect(
                !first.reaches(3, tries: 3) && !second.reaches(2, tries: 3),
                "isolated containers do not reach each other")
            expect(
                first.reaches(4) && open.reaches(3),
                "isolated containers reach a container that is not isolated")
            // The same containers without the option.
            for pinger in [first, second] {
                shell("bridge link set dev \(pinger.answer.hostName) isolated off")
            }
            expect(first.reaches(3), "containers whose isolation was removed reach each other")
        }
    }

    @Test("with macfilter, a frame from an address other than the container's own is dropped")
    func macfilter() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withPingableBridge()
            host.allow("eve veth br0 1 macfilter", "bob veth br0 1")
            let filtered = try Pinger(2, on: host)
            let other = try Pinger(3, on: host, as: 2001)
            expect(
                filtered.reaches(1) && filtered.reaches(3) && other.reaches(2),
                "the container is connected with its own address")
            let own = filtered.address
            expect(own.hasPrefix("b2:bf:"), own)

            filtered.setAddress("02:00:00:00:00:99")
            expect(
                !filtered.reaches(1, tries: 3) && !filtered.reaches(3, tries: 3),
                "the container is not connected with an invented address")
            expect(other.reaches(1), "the other container stays connected")
            // The container cannot take over the address of another container, either.
            filtered.setAddress(other.address)
            expect(
                !filtered.reaches(1, tries: 3),
                "the container is not connected with the address of the other container")
            expect(other.reaches(1), "the other container stays connected")

            filtered.setAddress(own)
            expect(
                filtered.reaches(1) && other.reaches(2),
                "the container is connected with its own address again")
        }
    }

    @Test("options may be combined in any order, and a comment hides those after it")
    func both() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withPingableBridge()
            for (number, options) in [
                "isolated macfilter mtu=1300", "mtu=1300 macfilter isolated", "mtu=1300 # isolated",
            ].enumerated() {
                host.allow("eve veth br0 9 \(options)")
                let pinger = try Pinger(number + 2, on: host)
                expect(pinger.reaches(1), options)
                expect(pinger.mtu, is: "1300", options)
                let port = shell("bridge -d link show dev \(pinger.answer.hostName)").output
                let state = number < 2 ? "on" : "off"
                expect(port.contains("isolated \(state)"), "\(options): \(port)")
                expect(port.contains("locked \(state)"), "\(options): \(port)")
            }
        }
    }

    @Test("a line's options apply to the NICs that are charged to it")
    func perLine() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withPingableBridge()
            host.allow("eve veth br0 1 isolated", "eve veth br0 1 mtu=1000")
            let ports = try (2...3).map { number in
                let pinger = try Pinger(number, on: host)
                let port = shell("bridge -d link show dev \(pinger.answer.hostName)").output
                return "\(pinger.mtu) \(port.contains("isolated on"))"
            }
            expect(ports, is: ["1500 true", "1000 false"])
        }
    }

    @Test("with mtu=N, the container's end gets that MTU, or the bridge's if it is smaller")
    func mtu() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withPingableBridge()
            shell("ip link set br0 mtu 1400")
            let cases = [68: "68", 576: "576", 1400: "1400", 1401: "1400", 65535: "1400"]
            for (number, (wanted, given)) in cases.enumerated() {
                host.allow("eve veth br0 9 mtu=\(wanted)")
                let pinger = try Pinger(number + 2, on: host)
                expect(pinger.mtu, is: given, "mtu=\(wanted)")
                expect(host.fact("mtu", of: pinger.answer.hostName), is: "1400", "mtu=\(wanted)")
                expect(host.fact("mtu", of: "br0"), is: "1400", "mtu=\(wanted)")
            }
        }
    }

    @Test("with ipfilter, a NIC on a bridge that berth-net does not filter is refused")
    func ipfilter() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withPingableBridge()
            host.allow("bob veth br0 1", "eve veth br0 1 isolated ipfilter")
            let container = Container(of: 2000)
            for table in ["", "nft add table bridge berth", "nft add table bridge other"] {
                shell(table)
                let outcome = Program.ours.create(container, on: "br0")
                expect(outcome.status, is: 1)
                expect(
                    outcome.errorOutput.contains(
                        "line 2 of /etc/lxc/lxc-usernet has the option ipfilter, which needs a "
                            + "network of berth-net with DHCP and nft rules, but berth-net does "
                            + "not filter on br0"), "\(table): \(outcome)")
                expect(host.isInOrder(with: 0), table)
            }
        }
    }

    @Test("without a bridge, the options of ports are refused and mtu is applied")
    func noBridge() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withPingableBridge()
            let container = Container(of: 2000)
            for option in [
                "isolated", "macfilter", "isolated and macfilter", "ipfilter",
                "isolated and ipfilter",
            ] {
                let options = option.replacing(" and", with: "") + " mtu=1000"
                host.allow("bob veth none 1", "eve veth none 1 \(options)")
                let outcome = Program.ours.create(container, on: "none")
                expect(outcome.status, is: 1, option)
                expect(outcome.errorOutput.contains("line 2 of /etc/lxc/lxc-usernet"), "\(outcome)")
                expect(outcome.errorOutput.contains("remove \(option) from"), "\(outcome)")
                expect(host.isInOrder(with: 0), option)
            }
            host.allow("eve veth none 1 mtu=1000")
            let pinger = try Pinger(2, on: host, bridge: "none")
            expect(pinger.mtu, is: "1000")
        }
    }

    @Test("a line with an unknown option is skipped, and the option is named")
    func unknownOption() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withPingableBridge()
            let container = Container(of: 2000)
            for option in ["isolate", "Isolated", "macfilter=1", "mtu=70000", "mtu=1400x", "mtu"] {
                host.allow("# options", "eve veth br0 1 mtu=1400 \(option)")
                let outcome = Program.ours.create(container, on: "br0")
                expect(outcome.status, is: 1, option)
                expect(outcome.errorOutput.contains("line 2 is ignored: "), "\(outcome)")
                expect(outcome.errorOutput.contains("\"\(option)\""), "\(outcome)")
                expect(host.isInOrder(with: 0), option)
            }
            // The lines after it still count.
            host.allow("eve veth br0 1 isolate", "eve veth br0 1")
            expect(Answer(Program.ours.create(container, on: "br0")) != nil)
        }
    }
}

extension Host {
    /// A host with a bridge `br0` that has the address 10.9.0.1.
    fileprivate static func withPingableBridge() throws -> Host {
        let host = try Host.withBridge()
        shell("ip addr add 10.9.0.1/24 dev br0")
        return host
    }
}

/// A container with a NIC that is up and has the address 10.9.0.N.
private struct Pinger {
    let answer: Answer
    private let container: Container

    init(_ number: Int, on host: Host, as user: Int = 2000, bridge: String = "br0") throws {
        container = Container(of: user)
        let outcome = Program.ours.create(container, on: bridge, as: user)
        answer = try #require(Answer(outcome), "\(outcome)")
        container.shell("ip addr add 10.9.0.\(number)/24 dev eth0; ip link set eth0 up")
    }

    /// Whether a ping to 10.9.0.N is answered, with an empty neighbor table.
    /// - Parameter tries: many where an answer is expected, for busy machines.
    func reaches(_ number: Int, tries: Int = 30) -> Bool {
        container.shell(
            """
            ip neigh flush dev eth0
            for n in $(seq \(tries)); do busybox ping -q -c 1 -W 1 10.9.0.\(number) && exit; done
            exit 1
            """
        ).succeeded
    }

    var address: String { container.shell(show).word(after: "link/ether") }
    var mtu: String { container.shell(show).word(after: "mtu") }

    private var show: String { "ip link show eth0" }

    func setAddress(_ address: String) {
        container.shell("ip link set eth0 down; ip link set eth0 address \(address) up")
    }
}

extension Outcome {
    fileprivate func word(after word: String) -> String {
        let words = output.split { $0 == " " || $0 == "\n" }
        return words.firstIndex { $0 == word }.map { String(words[$0 + 1]) } ?? ""
    }
}
