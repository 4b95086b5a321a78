internal import Linux

/// What the installed dnsmasq can do that older versions cannot.
///
/// The names of its options are in the program file, and each feature came with an option. Running
/// `dnsmasq --version` instead takes a tenth of the time of `berth-net start`.
package struct DnsmasqFeatures: Equatable, Sendable {
    /// Whether there is `--dhcp-ignore-clid` (2.81), without which a client that sends the
    /// identifier of another takes over its lease.
    package var ignoresClientIDs = true

    /// Whether names that are removed from a `--hostsdir` are no longer served, without a signal.
    /// The version that does so, 2.88, also brought `--fast-dns-retry`.
    package var forgetsRemovedNames = true

    /// Those of a recent version.
    package init() {}

    /// - Parameter program: the program file. A file that is not ELF, for example a script that
    ///   executes dnsmasq, is treated as a recent version.
    package init(program: [UInt8]) {
        guard program.starts(with: Array("\u{7f}ELF".utf8)) else { return }
        func has(_ option: String) -> Bool {
            firstIndex(of: Array(option.utf8), in: program, from: 0) != nil
        }
        ignoresClientIDs = has("dhcp-ignore-clid")
        forgetsRemovedNames = has("fast-dns-retry")
    }
}
