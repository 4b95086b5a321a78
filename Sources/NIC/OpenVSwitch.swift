internal import HostPaths
internal import Linux
internal import Netlink

/// Open vSwitch's list of ports, changed by its own tool, which only root may use. It is given
/// names that were validated, behind `--`, and five seconds: half of what others wait for the
/// ledger.
struct OpenVSwitch {
    private static let tool = PrivilegedCommand(path: Paths.openVSwitchControl)

    let bridge: InterfaceName

    init(_ link: Link) { bridge = link.name }

    /// A tun device is a bridge if the daemon says so; ovs-vsctl's status for "no" is 2.
    func confirmExists(as root: borrowing SavedRoot) throws(Refusal) {
        let status = try run([], ["br-exists", bridge.description], as: root, accepting: [0, 2])
        guard status == 0 else { throw .notABridge(bridge.description) }
    }

    func add(_ port: InterfaceName, as root: borrowing SavedRoot) throws(Refusal) {
        try run([], ["--may-exist", "add-port", bridge.description, port.description], as: root)
    }

    func remove(_ ports: [InterfaceName], as root: borrowing SavedRoot) throws(Refusal) {
        guard !ports.isEmpty else { return }
        let commands = ports.map {
            ["--if-exists", "del-port", bridge.description, $0.description]
        }
        // Nobody waits for the switch to notice; others may be waiting for the ledger.
        try run(["--no-wait"], Array(commands.joined(separator: ["--"])), as: root)
    }

    @discardableResult
    private func run(
        _ options: [String], _ command: [String], as root: borrowing SavedRoot,
        accepting: [Int32] = [0]
    ) throws(Refusal) -> Int32 {
        let words = ["--timeout=5"] + options + ["--"] + command
        do {
            return try Self.tool.run(words, as: root, accepting: accepting)
        } catch {
            throw .tool(error)
        }
    }
}
