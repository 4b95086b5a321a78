/// Whether the kernel forwards IPv4 packets.
enum Forwarding: Check {
    static let name = "forwarding"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        guard !facts.usedNetworks.isEmpty, let forwards = facts.network.forwardsIPv4 else {
            return []
        }
        let key = "net.ipv4.ip_forward"
        return forwards
            ? [.ok("\(key) = 1", "the host forwards packets")]
            : [
                .problem(
                    "\(key) = 0",
                    "the host does not forward packets, so containers reach only the host",
                    .command("sysctl -w \(key)=1", by: .root),
                    .line("\(key) = 1", to: UserNamespaces.sysctlFile, by: .root))
            ]
    }
}
