internal import Linux

extension UntrustedText {
    /// Whether it is a pattern, with `*` and `?`, that the name matches. Sets of characters in
    /// brackets match everything.
    func matches(_ name: UntrustedText) -> Bool {
        if bytes.contains(0x5b) { return true }
        return Self.matches(bytes[...], name.bytes[...])
    }

    private static func matches(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
        // The positions after the last `*`, to which a mismatch returns.
        var (pattern, name) = (pattern, name)
        var retry: (pattern: ArraySlice<UInt8>, name: ArraySlice<UInt8>)?
        while true {
            if pattern.first == 0x2a {
                pattern = pattern.dropFirst()
                retry = (pattern, name)
            } else if let next = name.first, pattern.first == next || pattern.first == 0x3f {
                (pattern, name) = (pattern.dropFirst(), name.dropFirst())
            } else if name.isEmpty, pattern.isEmpty {
                return true
            } else if let last = retry, !last.name.isEmpty {
                retry = (last.pattern, last.name.dropFirst())
                (pattern, name) = (last.pattern, last.name.dropFirst())
            } else {
                return false
            }
        }
    }
}
