/// A process ID. The process need not exist.
package struct ProcessID: Equatable, Sendable {
    package let number: Int32

    /// - Parameter digits: a decimal number from 1 to 2³¹-1.
    package init?(digits: [UInt8]) {
        guard let number = decimal(digits[...], upTo: UInt64(Int32.max)), number > 0 else {
            return nil
        }
        self.number = Int32(number)
    }

    package init(_ number: Int32) { self.number = number }
}
