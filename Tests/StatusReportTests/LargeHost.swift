import Glibc
import TestSupport
import Testing

/// A host with 500 healthy containers of 50 users.
@Suite(.oneAtATime, .enabled(if: obstacle == nil, "\(obstacle ?? "")"))
struct LargeHost {
    @Test("500 containers of 50 users are listed in order, without a false positive")
    func fiveHundred() async {
        let said = await runAside(
            ["\(tests)/lxc-host.sh", "\(tests)/StatusReportTests/large-host.sh"],
            environment: [
                "PATH": searchPath, "LANG": "C.UTF-8", "BERTH_NIC": Program.ours.path,
                "BERTH_NET": variable("BERTH_NET") ?? "", "BERTH": variable("BERTH") ?? "",
                "schema": "\(tests)/StatusReportTests",
            ])
        let lines = said.lines
        for (found, wanted) in zip(lines, wanted) { expect(found, is: wanted, said.errorOutput) }
        expect(lines.count, is: wanted.count, said.output + said.errorOutput)
    }
}

private let tests = String(#filePath.dropLast("/StatusReportTests/LargeHost.swift".count))

private let obstacle: String? = {
    if let obstacle = Host.obstacle ?? JSONSchema.obstacle { return obstacle }
    for name in ["BERTH", "BERTH_NET"] where access(variable(name) ?? "", X_OK) != 0 {
        return "no \(name): run make"
    }
    return nil
}()

private let users = (1...50).map { "user\($0) " }.joined()

private let wanted: [String] =
    [
        "ready",
        "1 network, 50 users, 500 containers, 500 NICs (quotas: 500 of 500), no problems", users,
        "user7 lxcbr0 10 of 10",
    ]
    + (1...10).map { "web\($0) eth0 10.0.3.\(70 + $0)" }
    + [
        "500", "╰─ no problems", "1 documents, 0 faults", "500 500 500", "500 []", "500 500",
        "0 faults", #"berth_network_leases{bridge="lxcbr0"} 500"#,
        #"berth_network_lease_range{bridge="lxcbr0"} 1000"#,
        #"berth_nics_used{owner="user10",bridge="lxcbr0"} 10"#,
        #"berth_containers{user="user10"} 10"#, "one user",
        "1 network, 1 user, 10 containers, 10 NICs (quotas: 10 of 10), no problems", "10",
        "one fault", "x user23/web4: veth6023_0224 is down", "1",
    ]
