internal import Linux
internal import Network

/// Whether OVN has bound a logical port to the NIC of each running container on its integration
/// bridge. Only root can read this in the database of Open vSwitch.
enum LogicalPorts: Check {
    static let name = "logical-ports"

    static func findings(_ facts: Facts) -> [Finding] {
        guard let ovn = facts.network.ovn else { return [] }
        return facts.runningNICs.compactMap { nic in
            guard nic.bridge == ovn.name, let port = ovn.ports[nic.port] else { return nil }
            return finding(nic, port)
        }
    }

    private static func finding(_ nic: ContainerNICFacts, _ port: OVNBridge.Port) -> Finding {
        guard let name = port.logicalPort else {
            return .problem(
                nic.place,
                "the NIC names no logical port of OVN, because an earlier version of Berth created "
                    + "it, so it passes no packets",
                .advice("stop the container, and start it again"))
        }
        let quoted = UntrustedText(name).quoted
        guard !port.isBound else {
            return .ok(nic.place, "OVN has bound the logical port \(quoted)")
        }
        return Finding(
            .problem, nic.place,
            "OVN has not bound the logical port \(quoted) to the NIC, so it passes no packets",
            [
                .advice(creation(of: name, for: nic)),
                .advice(
                    "if OVN has this logical port, check on this host whether ovn-controller is "
                        + "connected: as root, run ovn-appctl -t ovn-controller connection-status"),
            ])
    }

    /// The commands are for another host, and the name of the switch is not known here.
    private static func creation(of name: String, for nic: ContainerNICFacts) -> String {
        guard let name = UntrustedText(name).shellWord else {
            return "create the logical port with ovn-nbctl lsp-add"
        }
        let address = nic.inside?.hardwareAddress ?? "MAC"
        return "on the host of OVN's northbound database, with the name of the logical switch as "
            + "SWITCH, run ovn-nbctl lsp-add SWITCH \(name) -- lsp-set-addresses \(name) "
            + "\"\(address) dynamic\""
    }
}

extension Facts {
    /// Whether it is a bridge of Open vSwitch, with the kernel's datapath or with the userspace
    /// datapath, whose bridges are tun devices.
    func isOpenVSwitch(_ bridge: String?) -> Bool {
        network.interfaces.contains {
            ($0.kind == .openVSwitch || $0.kind == .tun) && $0.description == bridge
        }
    }
}
