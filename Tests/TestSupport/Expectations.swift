import Testing

// An exit test passes on an issue's comment, and neither its expression nor its place: these say
// both.

/// Records an issue unless the two are equal.
package func expect<Value: Equatable>(
    _ found: Value, is wanted: Value, _ note: String = "", line: Int = #line
) {
    if found != wanted {
        Issue.record("line \(line): found \(found), wanted \(wanted) \(note)")
    }
}

/// Records an issue unless it is so.
package func expect(_ isSo: Bool, _ note: String = "", line: Int = #line) {
    if !isSo { Issue.record("line \(line): it is not so \(note)") }
}
