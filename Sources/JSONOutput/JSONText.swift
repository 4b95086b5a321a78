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
    let json = (try? encoder.encode(value)) ?? Data("{}".utf8)
    return inASCII(String(decoding: json, as: UTF8.self)) + "\n"
}

/// JSON with each character outside printable ASCII as `\uXXXX`, so that it may be printed on a
/// terminal whatever it contains. Only strings contain such characters.
private func inASCII(_ json: String) -> String {
    let isASCII = json.utf8.allSatisfy { (0x20...0x7e).contains($0) || $0 == 0x0a }
    guard !isASCII else { return json }
    var text = ""
    for unit in json.utf16 {
        if (0x20...0x7e).contains(unit) || unit == 0x0a {
            text.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
        } else {
            let digits = String(unit, radix: 16)
            text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
    }
    return text
}
