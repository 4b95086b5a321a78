internal import Linux

/// `rate=DOWN[/UP]`: the rate limits (bandwidth) of a NIC, in bits per second.
package struct TrafficRate: Equatable, Sendable {
    /// The limit on traffic to the container.
    package let down: UInt64
    /// The limit on traffic from the container; `nil` for none.
    package let up: UInt64?

    /// The rates that a line may have: from 8 kbit/s to 100 Gbit/s.
    private static let range: ClosedRange<UInt64> = 8000...100_000_000_000

    /// - Parameter text: `DOWN` or `DOWN/UP`.
    init?(_ text: ArraySlice<UInt8>) {
        let parts = text.split(separator: 0x2f, omittingEmptySubsequences: false)
        guard parts.count <= 2, let down = Self.bitsPerSecond(parts[0]) else { return nil }
        self.down = down
        guard parts.count == 2 else {
            up = nil
            return
        }
        guard let rate = Self.bitsPerSecond(parts[1]) else { return nil }
        up = rate
    }

    /// A number of bits per second, with a suffix as tc(8) reads it: k, M or G, in upper or
    /// lower case, for powers of 1000; then optionally `bit`.
    private static func bitsPerSecond(_ text: ArraySlice<UInt8>) -> UInt64? {
        let digits = text.prefix { (0x30...0x39).contains($0) }
        var suffix = text.dropFirst(digits.count).map { $0 | 0x20 }
        var factor: UInt64 = 1
        let prefixes: [(UInt8, UInt64)] = [
            (0x6b, 1000), (0x6d, 1_000_000), (0x67, 1_000_000_000),
        ]
        for (letter, value) in prefixes where suffix.first == letter {
            factor = value
            suffix.removeFirst()
        }
        guard suffix.isEmpty || suffix.elementsEqual("bit".utf8),
            let number = decimal(digits, upTo: range.upperBound / factor),
            range.contains(number * factor)
        else { return nil }
        return number * factor
    }
}

extension TrafficRate: CustomStringConvertible {
    /// As a line has it, with the largest suffix that leaves an integer.
    package var description: String {
        Self.text(down) + (up.map { "/" + Self.text($0) } ?? "")
    }

    private static func text(_ rate: UInt64) -> String {
        let suffixes: [(UInt64, String)] = [
            (1_000_000_000, "G"), (1_000_000, "M"), (1000, "k"),
        ]
        for (factor, suffix) in suffixes where rate % factor == 0 {
            return "\(rate / factor)\(suffix)"
        }
        return "\(rate)"
    }
}
