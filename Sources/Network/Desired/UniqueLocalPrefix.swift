/// The range of IPv6 addresses that a network has by itself: unique local addresses of RFC 4193.
///
/// By the formula of LXC's own lxc-net (pull request 4693 of lxc/lxc): fd and the first 56 bits of a
/// SHA-256 of a fixed line, followed by this machine's identity as its file has it, make a /64 that is
/// another one on every machine, and the same one at every start and under both programs. A machine
/// without an identity has a random one, kept in the state directory, where the script hashes the line
/// alone.
enum UniqueLocalPrefix {
    /// - Parameter seed: the contents of /etc/machine-id, or what stands for it.
    /// - Parameter network: nothing for the first network, the bridge's name for further ones, which need
    ///   ranges of their own.
    static func prefix(seed: [UInt8], network: String?) -> Prefix<IPv6Address> {
        let line = "LXC_IPV6_PREFIX" + (network.map { " \($0)" } ?? "") + "\n"
        let digest = SHA256.sha256(Array(line.utf8) + seed)
        let high = digest.prefix(7).reduce(UInt128(0xfd)) { $0 << 8 | UInt128($1) }
        return Prefix(of: IPv6Address(number: high << 64), length: 64)
    }
}
