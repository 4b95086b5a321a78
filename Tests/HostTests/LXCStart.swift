import TestSupport
import Testing

/// An unprivileged user's lxc-create, lxc-start and lxc-attach, with berth-nic as their helper.
@Suite(.enabled(if: Host.obstacle == nil, "\(Host.obstacle ?? "")"))
struct LXCStart {
    @Test("containers get as many NICs as the quota allows")
    func quotaOfTwo() async {
        let said = await onHostWithLXC("quota")
        expect(
            said.lines,
            is: [
                "web runs", "10.0.3.10", "10.0.3.10/24", "web reaches the bridge",
                "alice veth lxcbr0",
                "the row names the port", "db runs", "more is refused",
                "berth-nic: quota reached: user alice has 2 of 2 NICs on lxcbr0, which line 1 of "
                    + "/etc/lxc/lxc-usernet allows: stop a container, "
                    + "or as root, increase the count",
                "more runs now", "2",
            ], said.errorOutput)
    }

    @Test("a container gets two NICs with name and MTU each time it is started")
    func namesAndRestart() async {
        let said = await onHostWithLXC("names")
        let once = ["eth0 1400", "lan 1400", "2"]
        expect(said.lines, is: once + once + once, said.errorOutput)
    }

    @Test("lxc-start logs why berth-nic refused")
    func errors() async {
        let said = await onHostWithLXC("errors")
        expect(said.lines.count, is: 3, said.errorOutput)
        for (line, part) in zip(
            said.lines,
            ["bridge lxcbr0 does not exist", "add \"alice veth lxcbr0 10\"", "does not exist"])
        {
            expect(line.contains(part), line)
        }
    }
}

/// Runs `scripts/lxc-start-NAME.sh` on a host with LXC and alice.
private func onHostWithLXC(_ name: String) async -> Outcome {
    let tests = #filePath.dropLast("/HostTests/LXCStart.swift".count)
    return await runAside(
        ["\(tests)/lxc-host.sh", "\(tests)/HostTests/scripts/lxc-start-\(name).sh"],
        environment: ["PATH": searchPath, "BERTH_NIC": Program.ours.path, "LANG": "C.UTF-8"])
}
