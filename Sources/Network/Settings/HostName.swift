/// The syntax of DNS names (RFC 1123).
enum HostName {
    /// - Parameter allowsUnderscores: for a domain name, which need not be the name of a host.
    static func isLabel(_ text: some StringProtocol, allowsUnderscores: Bool = false) -> Bool {
        (1...63).contains(text.utf8.count) && text.first != "-" && text.last != "-"
            && text.utf8.allSatisfy {
                $0.isAlphanumeric || $0 == UInt8(ascii: "-")
                    || allowsUnderscores && $0 == UInt8(ascii: "_")
            }
    }

    static func isDomain(_ text: String) -> Bool {
        text.utf8.count <= 253
            && text.split(separator: ".", omittingEmptySubsequences: false)
                .allSatisfy { isLabel($0, allowsUnderscores: true) }
    }
}

extension UInt8 {
    /// Whether it is an ASCII letter or digit.
    var isAlphanumeric: Bool {
        (0x61...0x7a).contains(self | 0x20) || (0x30...0x39).contains(self)
    }
}
