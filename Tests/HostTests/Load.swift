import TestSupport
import Testing

/// A host with as many containers as a small network has addresses: the real lxc-start, berth-run before
/// it, berth-nic behind it, berth-net's addresses. See load.sh.
@Suite(.enabled(if: obstacle == nil, "\(obstacle ?? "")"))
struct Load {
    /// What makes things go when everything is killed: NICs and processes, the kernel; rows, the next
    /// create of whomever; leaves, the next berth-run of the same user, and `berth-cgroup gc` for all.
    /// Rules are the network's, and stay.
    @Test("many containers of ten users at once, killed, at once again, killed: nothing is left")
    func everything() {
        // Machines that others lend are small.
        let each = variable("CI") == nil ? 20 : 4
        let said = run(
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
                "at once: \(round)", "killed: left are rows leaves",
                "again: \(round)", "killed again: left are rows leaves",
                "one more: 1 NIC, with its row", "at the end: left are",
            ], said.complaint)
        print("load of \(all) containers of 10 users:")
        for line in said.complaint.split(separator: "\n") { print("  \(line)") }
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
