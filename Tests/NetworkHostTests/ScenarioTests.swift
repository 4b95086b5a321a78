import Linux
import Testing

/// Each scenario is a shell script on a host of its own: the real kernel, the real dnsmasq and nft, and
/// clients in other network namespaces. See lab.sh.
@Suite("On the real kernel", .enabled(if: isRoot, "only root can make network namespaces"))
struct ScenarioTests {
    @Test(arguments: [
        "addresses", "adoption", "broken", "changes", "comparison", "comparison6", "foreign",
        "forwards",
        "ipv6", "killed", "newer", "ordinary", "running", "surroundings", "trouble",
    ])
    func scenario(name: String) throws {
        let package = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
        let tests = "\(package)/Tests/NetworkHostTests"
        let unshare = try #require(ExternalProgram(named: "unshare"))
        let outcome = try unshare.run([
            "-m", "-n", "--", "sh", "-c",
            ". \(tests)/lab.sh; lab_begin; BERTH_NET=\(package)/.build/debug/berth-net; "
                + "LAB=\(tests); export BERTH_NET LAB; . \(tests)/scenarios/\(name).sh; lab_verdict",
        ])
        let said = String(decoding: outcome.output + outcome.complaints, as: UTF8.self)
        // 77: what the scenario needs is not installed.
        #expect(outcome.status == 0 || outcome.status == 77, "\(said)")
    }
}
