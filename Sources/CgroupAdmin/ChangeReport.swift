/// What a subcommand changed, and what it could not change: it continues after an error.
package struct ChangeReport: Sendable {
    package var changes: [String] = []
    package var warnings: [String] = []
    /// Errors; if there are any, the exit status is 1.
    package var problems: [String] = []
}
