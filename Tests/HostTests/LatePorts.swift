import TestSupport
import Testing

/// A user can delay or end an ovs-vsctl that berth-nic has started. No port may remain without a
/// row in the ledger, because nothing would remove it.
@Suite(.enabled(if: Host.obstacle == nil, "\(Host.obstacle ?? "")"), .serialized)
struct LatePorts {
    enum Way: String, Codable, CaseIterable { case end, delete }

    @Test(
        "a port that is added after the end of its container, or of its NIC, is removed later",
        arguments: Way.allCases)
    func late(way: Way) async {
        await #expect(processExitsWith: .success) { [way = way as Way] in
            let host = try Host.withLateSwitch()
            let container = Container(of: 2000)
            let nic = try host.leaveAdding(to: container)
            switch way {
            case .end: container.end(host)
            case .delete:
                let outcome = Program.ours.delete(nic, of: container, on: "ovs0")
                expect(outcome.succeeded, "\(outcome)")
            }
            expect(host.nics, is: [])
            // While ovs-vsctl may still add the port, the row remains, and counts.
            let second = Program.ours.create(Container(of: 2000), on: "ovs0")
            let other = try #require(Answer(second), "\(second)").hostName
            expect(host.ledger.sorted(), is: [nic, other].map { "eve veth ovs0 \($0)" }.sorted())
            let refused = Program.ours.create(Container(of: 2000), on: "ovs0")
            expect(refused.errorOutput.contains("eve has 2 of 2 NICs on ovs0"), "\(refused)")
            shell("touch /run/test/go")
            let added = shell(
                "for n in $(seq 1500); do ovs-vsctl list-ports ovs0 | grep -q \(nic) && exit 0; "
                    + "sleep 0.02; done; exit 1")
            expect(added.succeeded, "\(host.ports)")
            let third = Program.ours.create(Container(of: 2000), on: "ovs0")
            let last = try #require(Answer(third), "\(third)").hostName
            expect(host.ports == [other, last], "\(host.ports)")
            expect(host.isInOrder(with: 2, on: "ovs0"))
        }
    }

    @Test("a port that is added while its NIC is being deleted is removed later")
    func between() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withLateSwitch()
            let container = Container(of: 2000)
            let nic = try host.leaveAdding(to: container)
            shell("touch /run/test/between")
            let outcome = Program.ours.delete(nic, of: container, on: "ovs0")
            expect(outcome.succeeded, "\(outcome)")
            expect(host.ports == [nic], "\(host.ports)")
            expect(host.nics, is: [])
            shell("rm /run/test/between")
            let answer = Program.ours.create(container, on: "ovs0")
            let other = try #require(Answer(answer), "\(answer)").hostName
            expect(host.ports == [other], "\(host.ports)")
            expect(host.isInOrder(with: 1, on: "ovs0"))
        }
    }

    @Test("a NIC with the name of a former port does not get the VLANs of that port")
    func former() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withLateSwitch()
            host.allow("eve veth ovs0 2 vlan=20")
            shell("touch /run/test/former")
            let outcome = Program.ours.create(Container(of: 2000), on: "ovs0")
            let nic = try #require(Answer(outcome), "\(outcome)").hostName
            expect(shell("ovs-vsctl get port \(nic) tag").output, is: "20\n")
            expect(host.ports == [nic], "\(host.ports)")
        }
    }

    @Test("if the port of a NIC that is not created cannot be removed, the next create removes it")
    func failedRollback() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withLateSwitch()
            shell("touch /run/test/fail")
            let container = Container(of: 2000)
            let outcome = Program.ours.create(container, on: "ovs0")
            expect(
                outcome.errorOutput.contains("/usr/bin/ovs-vsctl failed with status 1"),
                "\(outcome)")
            expect(host.nics, is: [])
            let former = try #require(host.ports.first)
            expect(host.ledger, is: ["eve veth ovs0 \(former)"])
            shell("rm /run/test/fail")
            let answer = Program.ours.create(container, on: "ovs0")
            let nic = try #require(Answer(answer), "\(answer)").hostName
            expect(host.ports == [nic], "\(host.ports)")
            expect(host.isInOrder(with: 1, on: "ovs0"))
        }
    }
}

extension Host {
    /// A host with Open vSwitch and late-ovs-vsctl.sh, where eve may have two NICs.
    fileprivate static func withLateSwitch() throws -> Host {
        let host = try Host.withSwitch()
        host.allow("eve veth ovs0 2")
        shell("cp /usr/bin/ovs-vsctl /run/test/")
        shell("mount --bind \(scriptPath("late-ovs-vsctl.sh")) /usr/bin/ovs-vsctl")
        return host
    }

    /// Kills a helper whose ovs-vsctl is about to add the port of a NIC, and still waits.
    /// - Returns: the NIC.
    fileprivate func leaveAdding(to container: Container) throws -> String {
        shell("touch /run/test/hold")
        start(
            "exec setpriv --reuid 2000 --regid 2000 --clear-groups \(Program.ours.installed) "
                + "create /var/lib/lxc web \(container.process) veth ovs0")
        let waiting = shell(
            "for n in $(seq 1500); do [ -s /run/test/waiting ] && break; sleep 0.02; done; "
                + "kill -KILL $(cat /run/test/waiting)")
        expect(waiting.succeeded, "\(waiting)")
        return try #require(nics.first)
    }
}
