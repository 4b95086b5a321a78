/// The DNS labels of containers and their users.
package enum DNSLabel {
    /// A valid label for a name of any bytes; `nil` if nothing of the name can be in a label.
    ///
    /// Letters become lower case. Every byte other than a letter or a digit becomes a hyphen, and
    /// hyphens at both ends are removed. So several names can have the same label. No name is
    /// encoded as Punycode (IDN).
    package static func of(_ name: some Collection<UInt8>) -> String? {
        var label = name.map { byte in
            byte.isAlphanumeric ? (byte < 0x3a ? byte : byte | 0x20) : UInt8(ascii: "-")
        }[...]
        label = label.drop { $0 == UInt8(ascii: "-") }.prefix(longest)
        while label.last == UInt8(ascii: "-") { label.removeLast() }
        return label.isEmpty ? nil : String(decoding: label, as: UTF8.self)
    }

    /// In bytes (RFC 1035).
    private static let longest = 63

    /// Names that no container gets: other hosts send their traffic or ask for their configuration
    /// there.
    package static let reserved = ["gateway", "host", "isatap", "localhost", "wpad"]
}
