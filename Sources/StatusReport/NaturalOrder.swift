/// Whether a name precedes another in natural order: `user2` before `user10`.
///
/// Runs of digits are compared by value, and other bytes one by one. Names that differ only in
/// leading zeros are compared byte by byte, which makes the order total.
func naturallyPrecedes(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
    let (left, right) = (Array(left), Array(right))
    var (i, j) = (0, 0)
    while i < left.count, j < right.count {
        let (first, second) = (digits(left[i...]), digits(right[j...]))
        if !first.isEmpty, !second.isEmpty {
            let (a, b) = (first.drop { $0 == 0x30 }, second.drop { $0 == 0x30 })
            if a.count != b.count { return a.count < b.count }
            if !a.elementsEqual(b) { return a.lexicographicallyPrecedes(b) }
            i += first.count
            j += second.count
        } else {
            if left[i] != right[j] { return left[i] < right[j] }
            i += 1
            j += 1
        }
    }
    if i == left.count, j == right.count { return left.lexicographicallyPrecedes(right) }
    return i == left.count
}

func naturallyPrecedes(_ left: String, _ right: String) -> Bool {
    naturallyPrecedes(left.utf8, right.utf8)
}

private func digits(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    text.prefix { (0x30...0x39).contains($0) }
}
