import TestSupport
import Testing

/// A host with nearly as many containers as a /24 network has addresses: lxc-start under berth-run,
/// with NICs from berth-nic and addresses from berth-net. See load.sh.
@Suite(.oneAtATime, .enabled(if: obstacle == nil, "\(obstacle ?? "")"))
struct Load {
    /// When everything is killed, the kernel removes NICs and processes; the next create of any
    /// user removes rows; the user's next berth-run, or `berth-cgroup gc`, removes cgroups.
    /// Firewall rules belong to the network and stay.
    @Test("200 containers of ten users, started at once and killed twice, leave nothing behind")
    func everything() async {
        // CI machines are small.
        let each = variable("CI") == nil ? 20 : 4
        let said = await runAside(
            ["\(tests)/lxc-host.sh", "\(tests)/HostTests/load.sh"],
            environment: [
                "PATH": searchPath, "LANG": "C.UTF-8", "EACH": "\(each)",
                "BERTH_NIC": Program.ours.path, "BERTH_NET": variable("BERTH_NET") ?? "",
                "BERTH_RUN": variable("BERTH_RUN") ?? "",
                "BERTH_CGROUP": variable("BERTH_CGROUP") ?? "",
            ])
        let all = 10 * each
        let round =
            "\(all) started, \(all) running, \(all) addresses, \(all) NICs, each with its row, "
            + "\(all) leaves, \(all) limits"
        expect(
            said.lines,
            is: [
                "at once: \(round)", "killed: still there: rows leaves",
                "again: \(round)", "killed again: still there: rows leaves",
                "one more: 1 NIC, with its row", "at the end: still there:",
            ], said.errorOutput)
        print("load of \(all) containers of 10 users:")
        for line in said.errorOutput.split(separator: "\n") { print("  \(line)") }
    }
}

private let tests = String(#filePath.dropLast("/HostTests/Load.swift".count))

private var obstacle: String? {
    if let obstacle = CgroupHost.obstacle { return obstacle }
    for name in ["BERTH_NET", "BERTH_CGROUP"] where variable(name) == nil {
        return "no \(name): run make"
    }
    return nil
}
