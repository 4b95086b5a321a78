internal import HostPaths
internal import Identity
internal import Linux
internal import Netlink

/// The ports of an Open vSwitch bridge, changed with ovs-vsctl(8), which only root may use.
///
/// ovs-vsctl gets validated names after `--`. Its timeout is five seconds, or two seconds while
/// this process may hold the lock of the ledger.
struct OpenVSwitch {
    private static let tool = PrivilegedCommand(path: Paths.openVSwitchControl)

    let bridge: InterfaceName

    /// Asks Open vSwitch whether it has the bridge, because a tun device may not be a bridge. Exit
    /// status 2 means that it does not.
    func confirmExists(as root: borrowing SavedRoot) throws(Refusal) {
        let status = try run([], ["br-exists", bridge.description], as: root, accepting: [0, 2])
        guard status == 0 else { throw .notABridge(bridge.description) }
    }

    /// What Open vSwitch records of a port.
    struct Port {
        let name: InterfaceName
        /// The VLAN of an access port; `nil` for a port that carries all VLANs.
        let vlan: UInt16?
        /// The logical port that OVN binds to it, if OVN uses the bridge.
        let logicalPort: LogicalPort
        /// The address of the container's end.
        let hardwareAddress: MACAddress?
    }

    func add(_ port: Port, as root: borrowing SavedRoot) throws(Refusal) {
        try run([], Self.addition(of: port, to: bridge), as: root)
    }

    /// The commands that add a port, which ovs-vsctl executes in one transaction: OVN never sees
    /// the port without its logical port. A port of that name that remained when the host was
    /// restarted would otherwise keep its VLANs.
    ///
    /// Quoted, a value is a string in JSON. Neither value has a character that needs an escape.
    static func addition(of port: Port, to bridge: InterfaceName) -> [String] {
        let name = port.name.description
        var words = ["--if-exists", "del-port", bridge.description, name]
        words += ["--", "add-port", bridge.description, name]
        if let vlan = port.vlan { words.append("tag=\(vlan)") }
        words += ["--", "set", "Interface", name]
        words.append("external_ids:iface-id=\"\(port.logicalPort.name)\"")
        if let address = port.hardwareAddress {
            words.append("external_ids:attached-mac=\"\(address)\"")
        }
        return words
    }

    func remove(_ ports: [InterfaceName], as root: borrowing SavedRoot) throws(Refusal) {
        guard !ports.isEmpty else { return }
        let commands = ports.map {
            ["--if-exists", "del-port", bridge.description, $0.description]
        }
        // Do not wait for the switch, because other processes may be waiting for the ledger's lock.
        try run(
            ["--no-wait"], Array(commands.joined(separator: ["--"])), as: root, timeout: 2)
    }

    @discardableResult
    private func run(
        _ options: [String], _ command: [String], as root: borrowing SavedRoot,
        accepting: [Int32] = [0], timeout: Int = 5
    ) throws(Refusal) -> Int32 {
        let words = ["--timeout=\(timeout)"] + options + ["--"] + command
        do {
            return try Self.tool.run(words, as: root, accepting: accepting)
        } catch {
            throw .tool(error)
        }
    }
}
