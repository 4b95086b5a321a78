/// Whether the host passes packets on.
enum Forwarding: Check {
    static let name = "forwarding"
    static let concernsRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        guard !facts.usedNetworks.isEmpty, let forwards = facts.network.forwards else { return [] }
        let key = "net.ipv4.ip_forward"
        return forwards
            ? [.ok("\(key) = 1", "the host passes packets on")]
            : [
                .problem(
                    "\(key) = 0",
                    "the host passes no packets on, so containers reach nothing but it",
                    .command("sysctl -w \(key)=1", by: .root),
                    .line("\(key) = 1", to: UserNamespaces.file, by: .root))
            ]
    }
}
