internal import HostPaths
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

    /// - Parameter vlan: the VLAN of an access port; `nil` for a port that carries all VLANs.
    func add(
        _ port: InterfaceName, vlan: UInt16?, as root: borrowing SavedRoot
    ) throws(Refusal) {
        let words = ["--may-exist", "add-port", bridge.description, port.description]
        try run([], words + (vlan.map { ["tag=\($0)"] } ?? []), as: root)
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
