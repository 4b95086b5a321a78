internal import CgroupAdmin
package import Terminal

/// One part alone, as a table.
extension SituationText {
    package func nicTable(_ situation: Situation) -> [Inscription] {
        let nics = situation.nics ?? []
        let rows = nics.map { nic in
            [
                Inscription(nic.bridge ?? "none", .bold), Inscription(nic.owner ?? nic.user ?? "?"),
                Inscription(nic.container ?? nic.processID.map { "process \($0)" } ?? "?"),
                Inscription(nic.name ?? "?"), Inscription(nic.hostName),
                Inscription(nic.shortAddress ?? nic.addresses.first ?? "-"),
                Inscription(nic.receivedBytes.map { Usage.size($0) } ?? "?"),
                Inscription(nic.sentBytes.map { Usage.size($0) } ?? "?"),
            ]
        }
        let table = Table(
            [
                .init("BRIDGE"), .init("OWNER"), .init("CONTAINER"), .init("NIC"),
                .init("HOST NIC"), .init("ADDRESS"), .init("IN", isNumber: true),
                .init("OUT", isNumber: true),
            ], rows)
        return finished(table, isEmpty: nics.isEmpty, "there is no NIC", situation, .nics)
    }

    package func leaseTable(_ situation: Situation) -> [Inscription] {
        let leases = situation.leases ?? []
        let rows = leases.map { lease in
            [
                Inscription(lease.bridge, .bold), Inscription(lease.address),
                Inscription(lease.hardwareAddress ?? "-"), Inscription(lease.hostName ?? "-"),
                lease.container.map { Inscription("\(lease.user ?? "?")/\($0)") }
                    ?? Inscription("-", .dim),
                Inscription(lease.remainingSeconds.map { Self.duration($0) } ?? "never"),
            ]
        }
        let table = Table(
            [
                .init("BRIDGE"), .init("ADDRESS"), .init("HARDWARE ADDRESS"), .init("HOST NAME"),
                .init("CONTAINER"), .init("ENDS IN", isNumber: true),
            ], rows)
        return finished(table, isEmpty: leases.isEmpty, "there is no lease", situation, .leases)
    }

    private func finished(
        _ table: Table, isEmpty: Bool, _ nothing: String, _ situation: Situation,
        _ part: Situation.Part
    ) -> [Inscription] {
        let notes = unseen(situation, .networks, part).flatMap { $0.lines(look) }
        if isEmpty { return notes.isEmpty ? [Inscription(nothing, .dim)] : notes }
        return table.lines + notes
    }

    /// The largest unit of which there is one, and no more: `58 min`.
    static func duration(_ seconds: UInt64) -> String {
        switch seconds {
        case ..<60: "\(seconds) s"
        case ..<5400: "\((seconds + 30) / 60) min"
        case ..<172_800: "\((seconds + 1800) / 3600) h"
        default: "\((seconds + 43_200) / 86_400) d"
        }
    }
}
