/// The name of a network interface: 1 to 15 printable ASCII characters (IFNAMSIZ - 1).
///
/// `/`, `:`, `.` and `..` are invalid, as in the kernel's `dev_valid_name`, and so is `%`, which
/// the kernel treats as a pattern. A longer name is refused and never truncated: if only one of two
/// programs truncates names, access lists can be bypassed (CVE-2019-13164).
package struct InterfaceName: Equatable, Sendable {
    package let bytes: [UInt8]

    package init?(_ bytes: some Collection<UInt8>) {
        guard Self.isValid(bytes) else { return nil }
        self.bytes = Array(bytes)
    }

    package static func isValid(_ bytes: some Collection<UInt8>) -> Bool {
        (1...15).contains(bytes.count)
            && bytes.allSatisfy {
                (0x21...0x7e).contains($0) && $0 != 0x2f && $0 != 0x3a && $0 != 0x25
            }
            && (bytes.count > 2 || !bytes.allSatisfy { $0 == 0x2e })
    }
}

extension InterfaceName: CustomStringConvertible {
    package var description: String { String(decoding: bytes, as: UTF8.self) }
}

/// The index of an interface in its network namespace.
package struct InterfaceIndex: Equatable, Sendable {
    package let number: Int32
    package init(_ number: Int32) { self.number = number }
}
