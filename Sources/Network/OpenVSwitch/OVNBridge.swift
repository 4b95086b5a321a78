internal import FoundationEssentials
internal import HostPaths
internal import Linux
internal import Netlink

/// The integration bridge of OVN on this host, according to the database of Open vSwitch: see
/// ovn-controller(8).
package struct OVNBridge: Equatable, Sendable {
    package struct Port: Equatable, Sendable {
        /// The logical port that OVN is to bind to it (`external_ids:iface-id`); `nil` for the NIC
        /// of an earlier version of berth-nic.
        package var logicalPort: String?
        /// Whether OVN has bound it and installed its flows (`external_ids:ovn-installed`, which
        /// OVN sets since version 21.03).
        package var isBound: Bool

        package init(logicalPort: String?, isBound: Bool) {
            self.logicalPort = logicalPort
            self.isBound = isBound
        }
    }

    package let name: String
    /// The interfaces of all bridges of Open vSwitch, by their names.
    package let ports: [String: Port]

    package init(name: String, ports: [String: Port]) {
        self.name = name
        self.ports = ports
    }

    /// - Returns: `nil` if OVN manages no bridge on this host, or if the caller may not read the
    ///   database.
    static func observe(_ interfaces: [Interface]) -> OVNBridge? {
        // A bridge with the userspace datapath is a tun device.
        guard isRoot, interfaces.contains(where: { $0.kind == .openVSwitch || $0.kind == .tun }),
            SmallFile.exists(Paths.openVSwitchDatabase),
            let program = ExternalProgram(named: "ovs-vsctl"),
            let outcome = try? program.run(
                [
                    "--timeout=2", "--no-wait", "--format=json", "--",
                    "--columns=external_ids", "list", "Open_vSwitch", "--",
                    "--columns=name,external_ids", "list", "Interface",
                ], atMost: 5000), outcome.status == 0
        else { return nil }
        return OVNBridge(listing: outcome.output)
    }

    /// Parses what ovs-vsctl prints: two tables, each on a line of its own.
    init?(listing: [UInt8]) {
        let tables = Lines(bytes: listing).compactMap { line in
            try? JSONDecoder().decode(JSON.self, from: Data(listing[line]))["data"]?.items
        }
        guard tables.count == 2, let settings = tables[0].first?.items?.first?.map else {
            return nil
        }
        // A host can have several chassis, each with settings of its own.
        func setting(_ key: String) -> String? {
            settings["system-id"].flatMap { settings["\(key)-\($0)"] } ?? settings[key]
        }
        guard setting("ovn-remote") != nil else { return nil }
        name = setting("ovn-bridge") ?? "br-int"
        var ports: [String: Port] = [:]
        for row in tables[1] {
            guard let columns = row.items, columns.count == 2, let name = columns[0].text,
                let ids = columns[1].map
            else { continue }
            ports[name] = Port(
                logicalPort: ids["iface-id"], isBound: ids["ovn-installed"] == "true")
        }
        self.ports = ports
    }
}

extension JSON {
    /// A map of Open vSwitch: `["map", [["KEY", "VALUE"], …]]` (RFC 7047).
    fileprivate var map: [String: String]? {
        guard let items, items.count == 2, items[0].text == "map" else { return nil }
        var map: [String: String] = [:]
        for pair in items[1].items ?? [] {
            guard let pair = pair.items, pair.count == 2, let key = pair[0].text else { continue }
            map[key] = pair[1].text
        }
        return map
    }
}
