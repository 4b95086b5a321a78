internal import Identity

/// The default IPv6 prefix of a network: a unique local address (ULA) prefix (RFC 4193).
///
/// The formula is that of LXC's lxc-net (pull request 4693 of lxc/lxc): fd, and the first 56 bits
/// of the SHA-256 of a fixed line and the contents of /etc/machine-id, make a /64. The prefix
/// differs between hosts, and is the same at each boot and in both programs. On a host that had no
/// machine ID at the first start, berth-net hashes a random seed from the state directory instead;
/// lxc-net hashes only the line.
enum UniqueLocalPrefix {
    /// - Parameter seed: the random seed if there is one, otherwise the contents of
    ///   /etc/machine-id.
    /// - Parameter network: `nil` for the first network, the bridge's name for others.
    static func prefix(seed: [UInt8], network: String?) -> Prefix<IPv6Address> {
        let line = "LXC_IPV6_PREFIX" + (network.map { " \($0)" } ?? "") + "\n"
        let digest = SHA256.digest(Array(line.utf8) + seed)
        let high = digest.prefix(7).reduce(UInt128(0xfd)) { $0 << 8 | UInt128($1) }
        return Prefix(of: IPv6Address(number: high << 64), length: 64)
    }
}
