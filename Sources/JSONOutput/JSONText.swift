internal import FoundationEssentials

/// Returns a value as JSON with sorted keys and a newline at the end.
/// - Parameter value: made of strings, numbers, Booleans, arrays and objects, which always encode.
/// - Parameter isPretty: with each key on a line; otherwise everything is on one line.
/// - Parameter escapesSlashes: writes `/` as `\/`, as berth-net has always done.
package func jsonText(
    _ value: some Encodable, isPretty: Bool = true, escapesSlashes: Bool = false
) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    if isPretty { encoder.outputFormatting.insert(.prettyPrinted) }
    if !escapesSlashes { encoder.outputFormatting.insert(.withoutEscapingSlashes) }
    return String(decoding: (try? encoder.encode(value)) ?? Data("{}".utf8), as: UTF8.self) + "\n"
}
