package import Linux

/// The readable name of a NIC: `USER/NAME`, or `USER/NAME:N` if its number is not 0.
///
/// Bytes other than letters, digits and most punctuation are written as octal escapes, so a label
/// is one printable word without commas, and its parts cannot be confused.
package struct ContainerLabel: Equatable, Sendable {
    /// The name of the container's owner, or the digits of the user ID.
    package let user: [UInt8]
    package let name: [UInt8]
    package let number: Int

    package init(user: [UInt8], name: [UInt8], number: Int = 0) {
        self.user = user
        self.name = name
        self.number = number
    }

    /// Parses a label.
    package init?(_ text: some Collection<UInt8>) {
        let text = Array(text)
        guard let slash = text.firstIndex(of: 0x2f), slash > 0 else { return nil }
        let rest = text[(slash + 1)...]
        let name = rest.prefix { $0 != 0x3a }
        guard !name.isEmpty, !name.contains(0x2f) else { return nil }
        if name.count < rest.count {
            guard let number = decimal(rest[(name.endIndex + 1)...], upTo: Self.largestNumber)
            else { return nil }
            self.number = Int(number)
        } else {
            number = 0
        }
        user = unescaped(text[..<slash])
        self.name = unescaped(name)
    }

    /// Parses an alias (IFLA_IFALIAS).
    package init?(alias: UntrustedText) {
        guard alias.bytes.starts(with: Self.aliasPrefix) else { return nil }
        self.init(alias.bytes.dropFirst(Self.aliasPrefix.count))
    }

    /// The number at the end of an alias; 0 if it has none.
    package static func number(ofAlias alias: [UInt8]) -> Int {
        guard let colon = alias.lastIndex(of: 0x3a) else { return 0 }
        return decimal(alias[(colon + 1)...], upTo: largestNumber).map { Int($0) } ?? 0
    }

    private static let largestNumber: UInt64 = 999_999
    private static let aliasPrefix = Array("lxc:".utf8)
    /// IFALIASZ - 1, in bytes.
    private static let longestAlias = 255

    /// The alias of the NIC: `lxc:` and the label. The name of a container whose label is too long
    /// for an alias is cut, and ends in a hash of the whole name.
    package var alias: [UInt8] {
        let whole = Self.aliasPrefix + bytes
        guard whole.count > Self.longestAlias else { return whole }
        let end = [0x7e] + Array(SHA256.hexDigest(name).utf8.prefix(16)) + suffix
        let start = Self.aliasPrefix + Self.escaped(user) + [0x2f]
        var cut = start
        for byte in name {
            let next = Self.escaped([byte])
            guard cut.count + next.count + end.count <= Self.longestAlias else { break }
            cut += next
        }
        return cut + end
    }

    /// The label, in printable ASCII.
    package var bytes: [UInt8] { Self.escaped(user) + [0x2f] + Self.escaped(name) + suffix }

    private var suffix: [UInt8] { number == 0 ? [] : Array(":\(number)".utf8) }

    private static func escaped(_ text: [UInt8]) -> [UInt8] {
        text.flatMap { byte -> [UInt8] in
            switch byte {
            // Blanks, control characters and bytes above 0x7e; `,`, `/`, `:` and `\`.
            case ...0x20, 0x7f..., 0x2c, 0x2f, 0x3a, 0x5c: Array(octal(byte).utf8)
            default: [byte]
            }
        }
    }
}

extension ContainerLabel: CustomStringConvertible {
    package var description: String { String(decoding: bytes, as: UTF8.self) }
}
