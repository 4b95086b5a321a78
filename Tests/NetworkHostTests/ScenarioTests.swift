import Glibc
import TestSupport
import Testing

/// Runs each scenario, a shell script, on a host of its own: the real kernel, the real dnsmasq and
/// nft, and clients in other network namespaces. See lab.sh.
@Suite("berth-net on the real kernel", .enabled(if: obstacle == nil, "\(obstacle ?? "")"))
struct ScenarioTests {
    @Test(
        "a scenario succeeds",
        arguments: shell("cd \(tests)/scenarios && ls *.sh").lines.map { String($0.dropLast(3)) })
    func scenario(name: String) async throws {
        if name == "ovn" {
            // The scenario itself reaches no package source.
            let unpacked = await runAside(
                ["\(tests)/unpack-ovn.sh"], environment: ["PATH": searchPath])
            if unpacked.status == 77 { try Test.cancel("\(unpacked.lines.last ?? "")") }
            #expect(unpacked.succeeded, "\(unpacked.output)\(unpacked.errorOutput)")
        }
        let outcome = await runAside(
            ["unshare", "-m", "-n", "-u", "--", "\(tests)/play.sh", name],
            environment: [
                "PATH": searchPath, "BERTH_NET": variable("BERTH_NET") ?? "",
                "BERTH_NIC": variable("BERTH_NIC") ?? "", "BERTH": variable("BERTH") ?? "",
            ])
        if outcome.status == 77 {
            try Test.cancel("\(outcome.lines.last ?? "the scenario gives no reason")")
        }
        #expect(outcome.succeeded, "\(name):\n\(outcome.output)\(outcome.errorOutput)")
    }
}

private let tests = String(#filePath.dropLast("/ScenarioTests.swift".count))

private let obstacle: String? = {
    if geteuid() != 0 { return "not root: only root can create network namespaces" }
    guard access(variable("BERTH_NET") ?? "", X_OK) == 0 else { return "no BERTH_NET: run make" }
    return nil
}()
