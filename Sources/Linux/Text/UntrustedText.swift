/// Text from a user, a container or a log: a path, a name, a value of a setting.
///
/// The compiler refuses to interpolate it into a sentence. Print it ``escaped`` or ``quoted``, as
/// one word of ASCII, so that it can neither control a terminal (ANSI escape sequences) nor look
/// like text of this program or like another name (homoglyphs, bidirectional text). In a command,
/// use only its ``shellWord``. Pass its ``bytes`` to programs and system calls.
package struct UntrustedText: Equatable, Sendable {
    package let bytes: [UInt8]

    package init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }
    package init(_ text: some StringProtocol) { bytes = Array(text.utf8) }

    package var isEmpty: Bool { bytes.isEmpty }

    /// The longest text that is printed, in columns.
    package static let columns = 120

    /// One word of printable ASCII. Every other byte, such as a space or a control character,
    /// becomes `\ooo`; so does a backslash that would look like such an escape. A long text is cut,
    /// with `...` at its end.
    package var escaped: String { escaped(upTo: Self.columns) }

    /// Like ``escaped``, but with another limit: for a path that must be complete.
    package func escaped(upTo columns: Int) -> String { word(escaping: [], upTo: columns) }

    /// Like ``escaped``, but in quotation marks unless it contains only characters that are common
    /// in paths and names.
    package var quoted: String {
        isPlain ? escaped : "\"" + word(escaping: [0x22], upTo: Self.columns) + "\""
    }

    /// The text as a word of a command line, or of a line to add to a file. It has only characters
    /// without a meaning for a shell, and does not begin with a hyphen, as an option does.
    /// - Returns: `nil` for any other text, which is then printed as ``quoted``, outside commands.
    package var shellWord: String? {
        guard isPlain, bytes.first != 0x2d, bytes.count <= 2 * Self.columns else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The last component of a path, without slashes; empty if there is none.
    package var lastComponent: UntrustedText {
        UntrustedText(bytes.split(separator: 0x2f).last ?? [])
    }

    package func appending(_ suffix: UntrustedText) -> UntrustedText {
        UntrustedText(bytes + suffix.bytes)
    }

    package func hasPrefix(_ prefix: String) -> Bool { bytes.starts(with: prefix.utf8) }

    package static func == (text: UntrustedText, other: String) -> Bool {
        text.bytes.elementsEqual(other.utf8)
    }

    /// Letters, digits, and `/._-+:=@,%`.
    private var isPlain: Bool {
        !bytes.isEmpty
            && bytes.allSatisfy { byte in
                switch byte {
                case 0x61...0x7a, 0x41...0x5a, 0x30...0x3a, 0x2b...0x2f, 0x3d, 0x40, 0x5f, 0x25:
                    true
                default: false
                }
            }
    }

    private func word(escaping special: [UInt8], upTo columns: Int) -> String {
        var text = ""
        var width = 0
        for (position, byte) in bytes.enumerated() {
            let looksEscaped = byte == 0x5c && isOctal(at: position + 1)
            let isKept =
                (0x21...0x7e).contains(byte) && !looksEscaped && !special.contains(byte)
            guard width + (isKept ? 1 : 4) <= columns else { return text + "..." }
            width += isKept ? 1 : 4
            if isKept {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += octal(byte)
            }
        }
        return text
    }
}

extension UntrustedText {
    /// Whether three octal digits are at that position.
    private func isOctal(at position: Int) -> Bool {
        let digits = bytes.dropFirst(position).prefix(3)
        return digits.count == 3 && digits.allSatisfy { (0x30...0x37).contains($0) }
    }
}

extension UntrustedText: Comparable {
    package static func < (text: UntrustedText, other: UntrustedText) -> Bool {
        text.bytes.lexicographicallyPrecedes(other.bytes)
    }
}

extension UntrustedText: ExpressibleByStringLiteral {
    package init(stringLiteral text: StaticString) {
        self.init(text.description)
    }
}

extension DefaultStringInterpolation {
    // In this package, warnings are errors, so such an interpolation does not compile. Elsewhere,
    // the text is printed escaped.
    @available(*, deprecated, message: "print untrusted text as .quoted or .escaped")
    package mutating func appendInterpolation(_ text: UntrustedText) { appendLiteral(text.escaped) }

    @available(*, deprecated, message: "print untrusted text as .quoted or .escaped")
    package mutating func appendInterpolation(_ text: UntrustedText?) {
        appendLiteral(text?.escaped ?? "")
    }
}
