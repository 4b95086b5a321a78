import TestSupport
import Testing

/// A script that breaks things on the host of lxc-host.sh: see fault-steps.sh.
enum FaultScript {
    /// Why the scripts cannot run; `nil` if they can.
    static var obstacle: String? {
        if let obstacle = Host.obstacle ?? JSONSchema.obstacle { return obstacle }
        for name in ["BERTH", "BERTH_NET"] where variable(name) == nil {
            return "no \(name): run make"
        }
        return nil
    }

    /// Runs a script, and compares what it prints with the wanted lines. Further output must
    /// contain each of the messages.
    static func run(_ name: String, prints wanted: String, and messages: [String]) async {
        let said = await runAside(
            ["\(tests)/lxc-host.sh", "\(tests)/DoctorTests/\(name)"],
            environment: [
                "PATH": searchPath, "LANG": "C.UTF-8", "BERTH_NIC": Program.ours.path,
                "BERTH_NET": variable("BERTH_NET") ?? "", "BERTH": variable("BERTH") ?? "",
                "faults": "\(tests)/DoctorTests", "schema": "\(tests)/StatusReportTests",
            ])
        let lines = said.lines
        let all = wanted.split(separator: "\n").map(String.init)
        for (found, wanted) in zip(lines, all) { expect(found, is: wanted, said.errorOutput) }
        expect(lines.count > all.count, said.output + said.errorOutput)
        for message in messages {
            expect(said.output.contains(message), "\(message) is not in \(said.output)")
        }
    }

    private static let tests = String(
        #filePath.dropLast("/DoctorTests/FaultScript.swift".count))
}
