import Glibc
import TestSupport
import Testing

/// The functions of libnl-3 that programs for musl contain (CNetlinkMusl).
@Suite struct NetlinkMessages {
    @Test("messages are built and parsed in the same way as by libnl-3")
    func comparison() throws {
        // Finds the compiler in the same way as make.
        let path = getenv("PATH").map { String(cString: $0) } ?? searchPath
        let swift = getenv("SWIFT").map { String(cString: $0) } ?? "swift"
        let outcome = run(
            ["/bin/bash", scriptPath("netlink-messages.sh")],
            environment: ["PATH": path, "SWIFT": swift])
        expect(outcome.succeeded, "\(outcome)")
        let comparisons = try #require(outcome.lines.first.flatMap { Int($0) }, "\(outcome)")
        expect(comparisons > 1_000_000)
    }
}
