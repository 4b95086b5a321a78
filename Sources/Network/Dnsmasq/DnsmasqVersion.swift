/// The version of the installed dnsmasq, on which some options depend.
package struct DnsmasqVersion: Equatable, Sendable {
    package let major: Int
    package let minor: Int

    /// An unrecognized version is treated as a recent one.
    package static let unknown = DnsmasqVersion(major: .max, minor: 0)

    package init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// - Parameter output: of `dnsmasq --version`: "Dnsmasq version 2.90  Copyright…".
    package init(output: String) {
        let words = output.prefix { $0 != "\n" }.split(separator: " ")
        let parts = (words.count > 2 ? words[2] : "").split(separator: ".")
        // A pre-release has letters after the number, such as 2.91test1.
        func number(_ text: Substring) -> Int? {
            Int(decimal: text.prefix { ("0"..."9").contains($0) }, in: 0...999)
        }
        guard parts.count > 1, let major = number(parts[0]), let minor = number(parts[1]) else {
            self = .unknown
            return
        }
        self.init(major: major, minor: minor)
    }

    private func isAtLeast(_ major: Int, _ minor: Int) -> Bool {
        (self.major, self.minor) >= (major, minor)
    }

    /// Whether there is `--dhcp-ignore-clid`, without which a client that sends the identifier of
    /// another takes over its lease.
    package var ignoresClientIDs: Bool { isAtLeast(2, 81) }

    /// Whether names that are removed from a `--hostsdir` are no longer served, without a signal.
    package var forgetsRemovedNames: Bool { isAtLeast(2, 88) }
}

extension DnsmasqVersion: CustomStringConvertible {
    package var description: String { "\(major).\(minor)" }
}
