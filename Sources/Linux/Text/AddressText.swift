internal import CLinux

/// Conversion of IP addresses to and from text, with inet_pton(3) and inet_ntop(3).
package enum AddressText {
    /// - Returns: 4 bytes, in network order.
    package static func version4(_ text: String) -> [UInt8]? { parse(text, AF_INET, count: 4) }

    /// - Returns: 16 bytes, in network order.
    package static func version6(_ text: String) -> [UInt8]? { parse(text, AF_INET6, count: 16) }

    private static func parse(_ text: String, _ family: Int32, count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        // inet_pton(3) would ignore what follows a zero byte.
        guard !text.utf8.contains(0), unsafe inet_pton(family, text, &bytes) == 1 else {
            return nil
        }
        return bytes
    }

    /// - Parameter bytes: 16, in network order.
    package static func version6(_ bytes: [UInt8]) -> String {
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard bytes.count == 16,
            unsafe inet_ntop(AF_INET6, bytes, &buffer, socklen_t(buffer.count)) != nil
        else { return "::" }
        return String(
            decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
