internal import Linux

/// The lines `NAME=VALUE` of a text, such as os-release(5). Of several with one name, the last
/// counts. Values keep their quotes.
package func assignments(in bytes: [UInt8]) -> [String: String] {
    var values: [String: String] = [:]
    for range in Lines(bytes: bytes) {
        let line = String(decoding: bytes[range], as: UTF8.self)
        guard let equals = line.firstIndex(of: "=") else { continue }
        values[String(line[..<equals])] = String(line[equals...].dropFirst())
    }
    return values
}
