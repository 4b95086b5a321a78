internal import Linux

/// Numbers in the text format of OpenMetrics 1.0, which is also valid in Prometheus's older text
/// format, the one that node_exporter's textfile collector reads.
///
/// The two formats name the family of a counter differently: OpenMetrics without `_total`. A family
/// without a type is valid in both, so counters have none.
struct OpenMetrics {
    enum Kind: Equatable {
        case gauge, counter
    }

    private var lines: [String] = []
    private var families: Set<String> = []

    struct Sample {
        let labels: [(name: String, value: String)]
        let value: Value

        init(_ value: Value, _ labels: (name: String, value: String)...) {
            self.labels = labels
            self.value = value
        }
    }

    enum Value: Equatable {
        case count(UInt64)
        /// A number of millionths.
        case millionths(UInt64)

        fileprivate var text: String {
            switch self {
            case .count(let number): return "\(number)"
            case .millionths(let number):
                let rest = number % 1_000_000
                guard rest > 0 else { return "\(number / 1_000_000)" }
                let digits = "\(rest)"
                var text = String(repeating: "0", count: 6 - digits.count) + digits
                while text.last == "0" { text.removeLast() }
                return "\(number / 1_000_000).\(text)"
            }
        }
    }

    /// Adds a family, unless it has no samples. Of samples with the same labels, which would make
    /// the whole text invalid, only the first is kept.
    /// - Parameter name: ends with `_total` for a counter, and with the unit if there is one.
    /// - Parameter help: one sentence of ASCII, without quotation marks and backslashes.
    mutating func add(
        _ name: String, _ kind: Kind = .gauge, unit: String? = nil, help: String,
        _ samples: [Sample]
    ) {
        guard !samples.isEmpty, families.insert(name).inserted else { return }
        if kind == .gauge { lines.append("# TYPE \(name) gauge") }
        if let unit, kind == .gauge { lines.append("# UNIT \(name) \(unit)") }
        lines.append("# HELP \(name) \(help)")
        var known: Set<String> = []
        for sample in samples {
            let labels = sample.labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }
            let series = labels.isEmpty ? name : "\(name){\(labels.joined(separator: ","))}"
            guard known.insert(series).inserted else { continue }
            lines.append("\(series) \(sample.value.text)")
        }
    }

    var text: String { (lines + ["# EOF", ""]).joined(separator: "\n") }

    /// The value of a label in printable ASCII. Other bytes become `\ooo` in octal, so that no name
    /// can end the value, add a line or make the text invalid UTF-8.
    static func escaped(_ value: String) -> String {
        var text = ""
        for byte in value.utf8 {
            switch byte {
            case 0x22: text += #"\""#
            case 0x5c: text += #"\\"#
            case 0x20...0x7e: text.unicodeScalars.append(Unicode.Scalar(byte))
            default: text += #"\"# + octal(byte)
            }
        }
        return text
    }
}
