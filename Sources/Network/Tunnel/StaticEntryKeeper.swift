internal import Linux
internal import Netlink

/// Repeats the static entries of new NICs in the forwarding table (FDB), for `berth-net run` with
/// BGP EVPN. Without `run`, `start` and `reload` do so.
///
/// zebra of FRR 10 handles the notification of an entry before that of the port, and then ignores
/// the entry: it does not announce the address as sticky, and accepts it from another host whose
/// container uses it. If an entry is repeated, the kernel sends another notification.
struct StaticEntryKeeper {
    struct Entry: Hashable {
        let port: Record.Port
        /// As ``MACAddress`` prints it.
        let address: String
    }

    private var repeated: Set<Entry> = []
    private var next: Int?

    /// Milliseconds after which zebra has processed a new port.
    private static let pause = 500

    mutating func schedule(at now: Int) { next = next ?? now + Self.pause }

    /// The milliseconds until the next update; `nil` if only an event causes one.
    func wait(from now: Int) -> Int32? { next.map { Int32(clamping: max(0, $0 - now)) } }

    mutating func update(_ service: borrowing Service, at now: Int) {
        guard let due = next, now >= due else { return }
        next = nil
        // What fails is repeated after the next change.
        if let entries = try? service.repeatStaticEntries(except: repeated) { repeated = entries }
    }
}

extension Service {
    /// - Returns: all static entries of NICs whose network uses EVPN.
    fileprivate borrowing func repeatStaticEntries(
        except repeated: Set<StaticEntryKeeper.Entry>
    ) throws -> Set<StaticEntryKeeper.Entry> {
        let lock = try lock()
        defer { lock.release() }
        guard let record = try Record.load() else { return [] }
        return try repeatStaticEntries(of: record, except: repeated)
    }

    /// Repeats all of them once, unless `berth-net run` does so whenever a NIC appears.
    borrowing func staticEntryWarnings(of record: Record) -> [String] {
        guard !isSupervised, !(RunMarker.isSet ?? false) else { return [] }
        do {
            _ = try repeatStaticEntries(of: record, except: [])
            return []
        } catch { return ["the static addresses of NICs are not repeated for FRR: \(error)"] }
    }

    private borrowing func repeatStaticEntries(
        of record: Record, except repeated: Set<StaticEntryKeeper.Entry>
    ) throws -> Set<StaticEntryKeeper.Entry> {
        let bridges = record.networks.map(\.desired).filter { $0.tunnel?.usesEVPN == true }
        guard !bridges.isEmpty else { return [] }
        let facts = try HostFacts.observe(tools, record)
        var entries: Set<StaticEntryKeeper.Entry> = []
        for nic in bridges.flatMap({ facts.containerNICs(of: $0.bridge) }) {
            for address in nic.pinnedAddresses {
                let entry = StaticEntryKeeper.Entry(
                    port: nic.port, address: address.description)
                if try repeated.contains(entry) || tools.repeatStaticEntry(address, of: nic) {
                    entries.insert(entry)
                }
            }
        }
        return entries
    }
}

extension HostTools {
    /// - Returns: whether the NIC still exists.
    fileprivate borrowing func repeatStaticEntry(
        _ address: MACAddress, of nic: ContainerNIC
    ) throws(NetlinkError) -> Bool {
        let index = nic.interface.index
        guard let name = nic.interface.name, let now = try socket.interface(at: index),
            now.rawName == name.bytes, now.master != nil
        else { return false }
        try socket.addStaticFDBEntry(address, to: name, at: index)
        return true
    }
}
