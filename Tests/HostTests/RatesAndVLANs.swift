import TestSupport
import Testing

/// `rate` and `vlan`. What this machine's kernel lacks is tested by `MachineTests`, in
/// openrc/vlans.
@Suite(.enabled(if: Host.obstacle == nil, "\(Host.obstacle ?? "")"))
struct RatesAndVLANs {
    @Test("with rate, the container receives less than the limit, with and without a bridge")
    func down() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            shell("ip addr add 10.9.0.1/24 dev br0")
            host.allow("eve veth br0 1 rate=8M", "eve veth br0 1", "eve veth none 1 rate=16Mbit")
            let (limited, unlimited) = (Container(of: 2000), Container(of: 2000))
            for (container, number) in [(limited, 2), (unlimited, 3)] {
                let outcome = Program.ours.create(container, on: "br0")
                let answer = try #require(Answer(outcome), "\(outcome)")
                container.shell("ip addr add 10.9.0.\(number)/24 dev eth0; ip link set eth0 up")
                let discipline = shell("tc qdisc show dev \(answer.hostName)").output
                expect(discipline.contains("tbf") == (number == 2), discipline)
                expect(discipline.contains("rate 8Mbit") == (number == 2), discipline)
            }
            // In 3 s, 3 MB and what the bucket and the queues hold.
            let bytes = script("receive", ["\(limited.process)", "10.9.0.2", "3"])
            let count = try #require(bytes.lines.last.flatMap { Int($0) }, "\(bytes)")
            expect((1_000_000...4_000_000).contains(count), "\(count)")
            let others = script("receive", ["\(unlimited.process)", "10.9.0.3", "3"])
            let unbounded = try #require(others.lines.last.flatMap { Int($0) }, "\(others)")
            expect(unbounded > 20_000_000, "\(unbounded)")

            let routed = Program.ours.create(limited, on: "none")
            let nic = try #require(Answer(routed), "\(routed)").hostName
            expect(shell("tc qdisc show dev \(nic)").output.contains("rate 16Mbit"))
        }
    }

    @Test("if the kernel cannot set a limit, the refusal names the missing module")
    func missingScheduler() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            let container = Container(of: 2000)
            host.allow("# rates", "eve veth br0 9 isolated rate=8M/4M")
            let outcome = Program.ours.create(container, on: "br0")
            if shell("modprobe -n cls_matchall && modprobe -n act_police").succeeded {
                expect(outcome.status, is: 0, "\(outcome)")
                return
            }
            expect(outcome.status, is: 1)
            let said = "line 2 of /etc/lxc/lxc-usernet has the option rate, for which this kernel "
            expect(
                outcome.errorOutput.contains(said + "lacks cls_matchall and act_police"),
                "\(outcome)")
            expect(host.isInOrder(with: 0))
        }
    }

    @Test("vlan is refused on a bridge that ignores VLANs, and without a bridge")
    func refusedVLAN() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            let container = Container(of: 2000)
            host.allow("eve veth br0 9 vlan=20", "eve veth none 9 vlan=20 isolated")
            let hasVLANs = host.fact("vlan_filtering", of: "br0") != nil
            let outcome = Program.ours.create(container, on: "br0")
            let said =
                hasVLANs
                ? "has the option vlan, and the bridge br0 ignores VLANs"
                : "has the option vlan, which is not supported by this kernel"
            expect(outcome.errorOutput.contains("line 1 of /etc/lxc/lxc-usernet"), "\(outcome)")
            expect(outcome.errorOutput.contains(said), "\(outcome)")
            let routed = Program.ours.create(container, on: "none")
            expect(routed.errorOutput.contains("remove isolated and vlan from"), "\(routed)")
            expect(host.isInOrder(with: 0))
        }
    }

    @Test(
        "a line with an invalid or misspelled rate or VLAN grants nothing",
        arguments: [
            "vlan=0", "vlan=4095", "vlan=", "vlan=20,30", "vlan=-1", "vlan", "VLAN=20", "vlan=0x14",
            "rate=", "rate=7999", "rate=101G", "rate=8m/", "rate=/8m", "rate=8m/8m/8m", "rate=1.5M",
            "rate=8mbps", "rate=8mib", "rate=-8m", "rate=99999999999999999999k", "rates=8m",
        ])
    func invalid(option: String) async {
        await #expect(processExitsWith: .success) { [option = option as String] in
            let host = try Host.withBridge()
            host.allow("eve veth br0 9 \(option)")
            let outcome = Program.ours.create(Container(of: 2000), on: "br0")
            expect(outcome.status, is: 1)
            expect(outcome.errorOutput.contains("(line 1 is ignored: "), "\(outcome)")
            expect(outcome.errorOutput.contains("\"\(option)\""), "\(outcome)")
            expect(host.isInOrder(with: 0))
        }
    }
}
