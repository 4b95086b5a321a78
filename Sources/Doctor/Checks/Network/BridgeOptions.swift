internal import Netlink

/// Options that prevent a bridge from serving containers.
enum BridgeOptions {
    /// DHCP clients give up, or wait for a minute, if their port forwards nothing for this long, in
    /// hundredths of a second.
    private static let longDelay: UInt32 = 400

    static func findings(_ bridge: Interface, _ facts: Facts) -> [Finding] {
        var findings: [Finding] = []
        let name = bridge.description
        func set(_ option: String) -> Fix {
            .command("ip link set \(quoted(name)) \(option)", by: .root)
        }
        if !bridge.usesARP {
            findings.append(
                .problem(
                    name,
                    "ARP is off on the bridge, so containers and this host do not find each other",
                    set("arp on")))
        }
        // The kernel keeps a port in the state listening and then in the state learning.
        if let delay = bridge.spanningTreeDelay, 2 * delay >= longDelay {
            findings.append(
                .problem(
                    name,
                    "the spanning tree protocol (STP) is on with a forward delay of "
                        + "\(Double(delay) / 100) s, so a container's NIC forwards nothing for "
                        + "\(Double(2 * delay) / 100) s after its start, and DHCP fails",
                    set("type bridge stp_state 0")))
        }
        let hasOwnVLAN =
            facts.usernet.quotas.first { $0.name == name }?.lines.contains { $0.vlan != nil }
            ?? false
        if bridge.isVLANAware == true, bridge.defaultVLAN == 0, !hasOwnVLAN {
            findings.append(
                .problem(
                    name,
                    "the bridge forwards by VLAN, and new ports are in none "
                        + "(vlan_default_pvid is 0), so it drops what containers send",
                    set("type bridge vlan_default_pvid 1"),
                    .advice("start the running containers again")))
        }
        return findings
    }
}
