import TestSupport
import Testing

/// Users run programs as their subordinate user IDs, with their own groups. See also CgroupEscapes.
@Suite(.enabled(if: Host.obstacle == nil, "\(Host.obstacle ?? "")"))
struct SubordinateIDs {
    @Test("a line for a group does not apply to a user ID without a name", arguments: [1, 80])
    func namelessMember(groups: Int) async {
        await #expect(processExitsWith: .success) { [groups = groups as Int] in
            let host = try Host.withBridge()
            shell("echo crew:x:3000: >> /etc/group")
            host.allow("@crew veth br0 9")
            // Users can run programs under a subordinate user ID with their own groups.
            let others = Array(7000..<7000 + groups - 1)
            let container = Container(of: 100_000)
            let refused = Program.ours.create(
                container, on: "br0", as: 100_000, groups: others + [3000])
            expect(refused.errorOutput.contains("no line in"), "\(refused)")
            expect(host.isInOrder(with: 0))
            // A NIC of the group does not belong to that user ID, either.
            shell("ip link add other0 type veth peer name eth9 netns \(container.process)")
            host.setLedger("@crew veth none other0\n")
            let kept = Program.ours.delete(
                "other0", of: container, on: "none", as: 100_000, groups: others + [3000])
            expect(kept.errorOutput.contains("has no NIC other0"), "\(kept)")
            expect(host.nics.contains("other0"))
        }
    }
}
