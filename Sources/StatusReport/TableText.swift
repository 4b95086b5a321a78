internal import CgroupStatus
package import Terminal

/// One part of the status, as a table.
extension HostStatusText {
    package func nicTable(_ status: HostStatus) -> [StyledText] {
        let nics = status.nics ?? []
        let rows = nics.map { nic in
            [
                StyledText(nic.bridge ?? "none", .bold), StyledText(nic.owner ?? nic.user ?? "?"),
                StyledText(
                    nic.container?.escaped ?? nic.processID.map { "process \($0)" } ?? "?"),
                StyledText(nic.name ?? "?"), StyledText(nic.hostName),
                StyledText(nic.shortAddress ?? nic.addresses.first ?? "-"),
                StyledText(nic.receivedBytes.map { Usage.size($0) } ?? "?"),
                StyledText(nic.sentBytes.map { Usage.size($0) } ?? "?"),
            ]
        }
        let table = Table(
            [
                .init("BRIDGE"), .init("OWNER"), .init("CONTAINER"), .init("NIC"),
                .init("HOST NIC"), .init("ADDRESS"), .init("IN", isNumber: true),
                .init("OUT", isNumber: true),
            ], rows)
        return finished(table, isEmpty: nics.isEmpty, "no NICs", status, .nics)
    }

    package func leaseTable(_ status: HostStatus) -> [StyledText] {
        let leases = status.leases ?? []
        let rows = leases.map { lease in
            [
                StyledText(lease.bridge, .bold), StyledText(lease.address),
                StyledText(lease.hardwareAddress ?? "-"), StyledText(lease.hostName ?? "-"),
                lease.container.map { StyledText("\(lease.user ?? "?")/\($0.escaped)") }
                    ?? StyledText("-", .dim),
                StyledText(lease.remainingSeconds.map { Self.duration($0) } ?? "never"),
            ]
        }
        let table = Table(
            [
                .init("BRIDGE"), .init("ADDRESS"), .init("HARDWARE ADDRESS"), .init("HOST NAME"),
                .init("CONTAINER"), .init("ENDS IN", isNumber: true),
            ], rows)
        return finished(table, isEmpty: leases.isEmpty, "no leases", status, .leases)
    }

    private func finished(
        _ table: Table, isEmpty: Bool, _ emptyText: String, _ status: HostStatus,
        _ part: HostStatus.Part
    ) -> [StyledText] {
        let notes = hidden(status, .networks, part).flatMap { $0.lines(terminal) }
        if isEmpty { return notes.isEmpty ? [StyledText(emptyText, .dim)] : notes }
        return table.lines + notes
    }

    /// In one unit, rounded: `58 min`.
    static func duration(_ seconds: UInt64) -> String {
        switch seconds {
        case ..<60: "\(seconds) s"
        case ..<5400: "\((seconds + 30) / 60) min"
        case ..<172_800: "\((seconds + 1800) / 3600) h"
        default: "\((seconds + 43_200) / 86_400) d"
        }
    }
}
