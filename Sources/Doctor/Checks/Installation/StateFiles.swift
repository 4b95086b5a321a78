internal import HostPaths
internal import Linux

/// Whether the ledger of NICs is sound, and counts every NIC.
enum StateFiles: Check {
    static let name = "state-files"

    private static func locked(_ program: String) -> Finding {
        .problem(
            Paths.ledger,
            "\(program) holds a lock on it, so berth-nic waits and lxc-start does not "
                + "return",
            .advice("end that program, if it does not end by itself"))
    }

    static func findings(_ facts: Facts) -> [Finding] {
        let ledger = facts.installation.ledger
        let lock = ledger.locker.map { [locked($0)] } ?? []
        guard ledger.isReadable else {
            return lock + [.unknown(Paths.ledger, "only root may read it")]
        }
        var findings: [Finding] = []
        if !ledger.damagedLines.isEmpty {
            let numbers = ledger.damagedLines.prefix(8).map { "\($0)" }
            findings.append(
                .warning(
                    "\(Paths.ledger):\(numbers[0])",
                    "\(numbers.count == 1 ? "the line is" : "the lines \(listed(numbers)) are") "
                        + "not of the form OWNER TYPE BRIDGE NIC, so no NIC is counted there",
                    .advice("start a container: berth-nic then removes such lines")))
        }
        for nic in facts.runningNICs where ledger.uncounted.contains(nic.port) {
            findings.append(
                .warning(
                    Paths.ledger,
                    "it has no row for \(nic.port), which therefore counts towards no quota, and "
                        + "berth-net cannot reattach it",
                    .advice("stop the container, and start it again")))
        }
        findings += lock
        return findings.isEmpty
            ? [.ok(Paths.ledger, "every line is valid, and every NIC is counted")] : findings
    }
}
