internal import Linux

/// A line of a file.
struct ConfigPlace: Equatable, Sendable {
    let file: UntrustedText
    /// Numbered from 1.
    let line: Int

    /// `FILE:LINE`.
    var text: String { "\(file.quoted):\(line)" }
}

/// A setting, and the line that makes it.
struct ConfigSetting: Equatable, Sendable {
    let key: UntrustedText
    let value: UntrustedText
    let place: ConfigPlace
}

/// A line of a container's configuration, as LXC's parser reads it.
enum ConfigLine: Equatable, Sendable {
    case setting(key: ArraySlice<UInt8>, value: ArraySlice<UInt8>)
    /// It begins with `lxc.`, but has no equals sign. LXC rejects the file.
    case withoutValue(ArraySlice<UInt8>)
    /// It does not begin with `lxc.`, and is neither blank nor a comment. LXC ignores it.
    case ignored(ArraySlice<UInt8>)

    /// - Returns: `nil` for a blank line and a comment.
    private init?(_ line: ArraySlice<UInt8>) {
        let line = Self.trimmed(line)
        guard let first = line.first, first != 0x23 else { return nil }
        guard line.starts(with: "lxc.".utf8) else {
            guard !line.isComment else { return nil }
            self = .ignored(line)
            return
        }
        guard let equals = line.firstIndex(of: 0x3d) else {
            self = .withoutValue(line)
            return
        }
        var value = Self.trimmed(line[(equals + 1)...])
        if value.count >= 2, let first = value.first, first == value.last,
            first == 0x22 || first == 0x27
        {
            value = value.dropFirst().dropLast()
        }
        self = .setting(key: Self.trimmed(line[..<equals]), value: value)
    }

    /// Calls the function with each line that is neither blank nor a comment, until it returns
    /// `false`.
    static func forEach(in bytes: [UInt8], _ body: (ConfigLine, Int) -> Bool) {
        for (index, range) in Lines(bytes: bytes).enumerated() {
            // LXC also ends a line at a carriage return.
            for part in bytes[range].split(separator: 0x0d) {
                guard let line = ConfigLine(part) else { continue }
                guard body(line, index + 1) else { return }
            }
        }
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var text = text.drop(while: isBlank)
        while let last = text.last, isBlank(last) { text.removeLast() }
        return text
    }
}
