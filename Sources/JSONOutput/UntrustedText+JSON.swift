package import Linux

/// As a string of at most 4,096 bytes. Bytes that are not UTF-8 become U+FFFD.
extension UntrustedText: Encodable {
    package func encode(to encoder: any Encoder) throws {
        let limit = 4096
        var text = String(decoding: bytes.prefix(limit), as: UTF8.self)
        if bytes.count > limit { text += "..." }
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
