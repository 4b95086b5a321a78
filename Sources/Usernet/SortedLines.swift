internal import Linux

/// The lines of a text, sorted by their bytes. Finds repeated lines of a long text without
/// comparing each line with all others, because the ledger is locked.
struct SortedLines {
    private let text: [UInt8]
    private let lines: [Range<Int>]

    init(_ lines: [Range<Int>], of text: [UInt8]) {
        self.text = text
        self.lines = lines.sorted { one, other in
            let order = compareBytes(text[one], text[other])
            return order == 0 ? one.lowerBound < other.lowerBound : order < 0
        }
    }

    /// The first line of each group of equal ones, in the order of the text.
    var withoutRepeats: [Range<Int>] {
        var kept: [Range<Int>] = []
        kept.reserveCapacity(lines.count)
        for line in lines {
            if let last = kept.last, compareBytes(text[last], text[line]) == 0 { continue }
            kept.append(line)
        }
        return kept.sorted { $0.lowerBound < $1.lowerBound }
    }

    /// Whether one of the lines equals the given line or, with `asPrefix`, begins with it.
    func contains(_ line: ArraySlice<UInt8>, asPrefix: Bool) -> Bool {
        // A binary search for the first line that does not sort before the given one.
        var low = 0
        var high = lines.count
        while low < high {
            let middle = (low + high) / 2
            if compareBytes(text[lines[middle]], line) < 0 {
                low = middle + 1
            } else {
                high = middle
            }
        }
        guard low < lines.count else { return false }
        let found = text[lines[low]]
        return asPrefix ? found.starts(with: line) : compareBytes(found, line) == 0
    }
}
