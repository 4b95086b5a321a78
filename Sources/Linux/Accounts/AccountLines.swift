/// Reads lines of passwd(5) and group(5), of any length, byte by byte: the name and the ID, which
/// is the third field in both.
///
/// It understands only lines that every C library reads in the same way. All others are
/// ``Line/odd``.
package struct AccountLines {
    package enum Line: Equatable {
        /// An empty line or a comment.
        case none
        case entry(name: [UInt8], number: UInt32)
        /// A line that only the C library can interpret, such as `+` of `compat`, or that it might
        /// ignore.
        case odd
    }

    /// The longest name that is read, in bytes. useradd(8) permits 32, and the kernel's audit 255.
    private static let maxName = 255

    /// How many fields follow the name: up to the last one that must be a number.
    private let lastNumber: Int
    private var field = 0
    private var length = 0
    private var name: [UInt8] = []
    private var number: UInt64 = 0
    private var value: UInt64 = 0
    private var digits = 0
    private var isOdd = false
    private var isComment = false

    package init(_ database: AccountDatabase) {
        // A line of passwd has the ID of the user and that of a group.
        lastNumber = database == .passwd ? 3 : 2
    }

    /// - Returns: the line that ends with this byte.
    package mutating func add(_ byte: UInt8) -> Line? {
        if byte == 0x0a { return end() }
        defer { length += 1 }
        if length == 0 { begin(byte) }
        if byte == 0 { isOdd = true }
        if isOdd || isComment { return nil }
        if byte == 0x3a {
            endField()
        } else if field == 0 {
            if name.count == Self.maxName { isOdd = true } else { name.append(byte) }
        } else if field >= 2, field <= lastNumber {
            addDigit(byte)
        }
        return nil
    }

    /// - Returns: the last line of a file, if it lacks a newline.
    package mutating func finish() -> Line? { length == 0 ? nil : end() }

    private mutating func begin(_ byte: UInt8) {
        isComment = byte == 0x23
        // Blanks before a name are ignored, `+` and `-` belong to NIS, and a name is not empty.
        isOdd = byte <= 0x20 || byte == 0x2b || byte == 0x2d || byte == 0x3a
    }

    private mutating func addDigit(_ byte: UInt8) {
        // Ten digits hold every 32-bit number.
        guard byte >= 0x30, byte <= 0x39, digits < 10 else { return isOdd = true }
        value = value * 10 + UInt64(byte - 0x30)
        digits += 1
    }

    private mutating func endField() {
        if field >= 2, field <= lastNumber {
            if digits == 0 || value > UInt64(UInt32.max) { isOdd = true }
            if field == 2 { number = value }
            (value, digits) = (0, 0)
        }
        field += 1
    }

    private mutating func end() -> Line {
        defer {
            name.removeAll(keepingCapacity: true)
            (field, length, value, digits, isOdd, isComment) = (0, 0, 0, 0, false, false)
        }
        if length == 0 || isComment && !isOdd { return .none }
        guard !isOdd, field > lastNumber else { return .odd }
        return .entry(name: name, number: UInt32(number))
    }
}
