/// The limits on what is read for one user, who chooses the files and their contents.
package struct ReadBudget {
    /// Contents and lists of names, together.
    package static let files = 200
    /// Bytes of contents and names, together.
    package static let bytes = 1 << 20
    /// Attributes and targets of links, together.
    package static let lookups = 1000
    /// Bytes at the beginning of a program or script: its header, and the path of its interpreter.
    package static let beginning = 4096
    /// Names in one directory.
    package static let names = 4096
    /// The time to read all files of one user. After it, the reading process is killed.
    package static let milliseconds = 2000
    /// The output of the process that reads: the bytes above, and the path of each file.
    package static let output = 4 << 20

    private(set) var filesLeft = files
    private(set) var bytesLeft = bytes
    private var lookupsLeft = lookups

    /// - Returns: whether the budget allows another question of this kind.
    mutating func spend(_ question: Question) -> Bool {
        switch question {
        case .contents, .names, .beginning:
            guard filesLeft > 0 else { return false }
            filesLeft -= 1
        case .attributes, .target:
            guard lookupsLeft > 0 else { return false }
            lookupsLeft -= 1
        }
        return true
    }

    mutating func spend(bytes count: Int) { bytesLeft -= min(count, bytesLeft) }
}
