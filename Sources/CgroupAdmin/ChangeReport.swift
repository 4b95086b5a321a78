/// What did not work at all, in a sentence for people.
package struct Failure: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}

/// What was found and done. The rest goes on where one thing does not work, so that there may be much.
package struct ChangeReport: Sendable {
    /// What was done.
    package var changes: [String] = []
    /// What somebody might not expect.
    package var warnings: [String] = []
    /// What was to be done and was not.
    package var problems: [String] = []
}
