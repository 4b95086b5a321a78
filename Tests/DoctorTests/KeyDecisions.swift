import Linux
import Testing

@testable import Doctor

@Suite("decisions about the key for hardware addresses")
struct KeyDecisions {
    private func findings(
        _ obstacle: SecretFile.AccessError?, canCreate: Bool = true, isBerthNIC: Bool = true
    ) -> [Finding] {
        var facts = Facts.alices()
        facts.helpers[0].isBerthNIC = isBerthNIC
        facts.usernet.keyObstacle = obstacle
        facts.usernet.canCreateKey = canCreate
        return HardwareAddresses.run(facts)
    }

    @Test("a key that exists, or will be created at the next start, is ok")
    func inOrder() {
        #expect(findings(nil).map(\.verdict) == [.ok])
        #expect(findings(.missing).map(\.verdict) == [.ok])
        #expect(findings(.notPrivate, isBerthNIC: false).isEmpty)
    }

    @Test("a key that berth-nic does not use is reported with its fix")
    func unusable() throws {
        let path = "/etc/lxc/berth.key"
        for (obstacle, fixes) in [
            (
                SecretFile.AccessError.notPrivate,
                ["chown root:root \(path)", "chmod 600 \(path)"]
            ),
            (.notRegular, ["rm -r \(path)"]), (.wrongSize, ["rm -r \(path)"]),
        ] {
            let finding = try #require(findings(obstacle).first)
            #expect(finding.verdict == .warning && finding.place == path)
            #expect(finding.message.hasSuffix("change at each start"))
            #expect(finding.fixes == fixes.map { .command($0, by: .root) })
        }
        #expect(findings(.missing, canCreate: false).map(\.verdict) == [.warning])
        #expect(findings(.failed(.EPERM)).map(\.verdict) == [.unknown])
    }
}
