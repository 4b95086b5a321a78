internal import HostPaths
internal import Linux
internal import Usernet

extension HarmWarnings {
    /// Reads what the warnings need, if the network has ports or forwards.
    /// - Parameter ledger: the rows of the NICs that berth-nic made.
    mutating func observe(_ ledger: [Ledger.Row]) {
        guard !observed.ports.isEmpty || !desired.forwards.isEmpty else { return }
        leases = Leases.of(desired.bridge) ?? []
        if !observed.ports.isEmpty {
            for row in ledger { owners[row.nic.description] = printable(row.owner.field) }
        }
        guard !desired.forwards.isEmpty else { return }
        neighbors = Self.neighbors(on: desired.bridge)
        sockets = .listening()
        holder = { Sockets.holder(of: $0) }
    }

    /// The IPv4 addresses on the bridge that the kernel has resolved.
    private static func neighbors(on bridge: BridgeName) -> Set<String> {
        let bytes = (try? SmallFile.contents(of: "/proc/net/arp")) ?? nil
        let lines = String(decoding: bytes ?? [], as: UTF8.self).split(separator: "\n").dropFirst()
        return Set(
            lines.compactMap { line in
                // IP address, HW type, Flags, HW address, Mask, Device.
                let fields = line.split(separator: " ")
                guard fields.count == 6, fields[5] == bridge.description,
                    let flags = UInt8(fields[2].dropFirst(2), radix: 16), flags & 2 != 0
                else { return nil }
                return String(fields[0])
            })
    }
}
