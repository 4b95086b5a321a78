/// Parses a decimal number without sign or blanks; `nil` if it exceeds the limit.
package func decimal(_ digits: ArraySlice<UInt8>, upTo limit: UInt64) -> UInt64? {
    guard !digits.isEmpty, digits.count <= 20 else { return nil }
    var number: UInt64 = 0
    for digit in digits {
        guard (0x30...0x39).contains(digit) else { return nil }
        let (tens, overflow) = number.multipliedReportingOverflow(by: 10)
        let (sum, carry) = tens.addingReportingOverflow(UInt64(digit - 0x30))
        guard !overflow, !carry, sum <= limit else { return nil }
        number = sum
    }
    return number
}
