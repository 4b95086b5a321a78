internal import Linux
internal import Netlink

extension HostTools {
    /// The program that took the name server's port after the change was planned: some programs
    /// bind to each new address as soon as it exists.
    borrowing func takenPort(by change: Change, _ failure: Failure) -> ApplyFailure.TakenPort? {
        let bridge: BridgeName
        let words: [String]
        switch change {
        case .startDnsmasq(let name, let arguments), .restartDnsmasq(let name, _, let arguments):
            (bridge, words) = (name, arguments)
        default: return nil
        }
        let given = words.last { $0.hasPrefix("--port=") }?.dropFirst("--port=".count)
        guard let port = UInt16(given ?? "53"), port != 0,
            // The beginning of dnsmasq's message, which continues with the address and the error.
            failure.description.contains("failed to create listening socket"),
            let index = try? index(of: bridge.interface), let all = try? socket.addresses()
        else { return nil }
        let addresses = all.filter { $0.interface == index }.map(\.bytes)
        let sockets = Sockets.listening().conflicting(at: port, on: addresses)
        return .init(bridge: bridge, holder: Sockets.holder(of: sockets))
    }
}
