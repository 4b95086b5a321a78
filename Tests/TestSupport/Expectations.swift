import Testing

// For an issue in an exit test, Swift reports the comment, but neither the expression nor its line.
// These put both into the comment.

/// Records an issue unless the two are equal.
package func expect<Value: Equatable>(
    _ found: Value, is wanted: Value, _ note: String = "", line: Int = #line
) {
    if found != wanted {
        Issue.record("line \(line): found \(found), wanted \(wanted) \(note)")
    }
}

/// Records an issue unless the condition holds.
package func expect(_ isSo: Bool, _ note: String = "", line: Int = #line) {
    if !isSo { Issue.record("line \(line): the condition does not hold \(note)") }
}
