package import Linux

/// What a program asks about a path.
package enum Question: UInt8, Sendable, CaseIterable {
    case contents = 1
    case names
    case attributes
    /// The target of a symbolic link.
    case target
    /// The first ``ReadBudget/beginning`` bytes of a regular file.
    case beginning
}

package enum Answer: Equatable, Sendable {
    case contents([UInt8])
    /// Sorted.
    case names([[UInt8]])
    case attributes(FileAttributes)
    case target([UInt8])
    /// The path leads to no file.
    case absent
    case unread(UnreadReason)
}

/// Why a file of a user was not read.
package enum UnreadReason: Error, Equatable, Sendable {
    case refused(ForeignFile.Refusal)
    case notAbsolute
    /// ``ReadBudget/files`` or ``ReadBudget/lookups`` of this user are used up.
    case tooManyFiles
    /// The file is larger than what is left of ``ReadBudget/bytes``.
    case tooManyBytes
    /// Reading it, or a file before it, took too long.
    case noAnswer
    /// The process that reads the user's files ended early, or sent invalid data.
    case readerFailed
}

/// Answers questions about the files of one user.
package protocol FileReader {
    mutating func answer(_ question: Question, _ path: [UInt8]) -> Answer
}

extension FileReader {
    /// The contents of a regular file; `nil` if it does not exist.
    package mutating func contents(of path: UntrustedText) throws(UnreadReason) -> [UInt8]? {
        switch answer(.contents, path.bytes) {
        case .contents(let bytes): return bytes
        case .absent: return nil
        case .unread(let reason): throw reason
        default: throw .readerFailed
        }
    }

    /// The first ``ReadBudget/beginning`` bytes of a regular file; `nil` if it does not exist.
    package mutating func beginning(of path: UntrustedText) throws(UnreadReason) -> [UInt8]? {
        switch answer(.beginning, path.bytes) {
        case .contents(let bytes): return bytes
        case .absent: return nil
        case .unread(let reason): throw reason
        default: throw .readerFailed
        }
    }

    /// The names in a directory, sorted; `nil` if it does not exist.
    package mutating func names(in path: UntrustedText) throws(UnreadReason) -> [[UInt8]]? {
        switch answer(.names, path.bytes) {
        case .names(let names): return names
        case .absent: return nil
        case .unread(let reason): throw reason
        default: throw .readerFailed
        }
    }

    /// The attributes of a file; `nil` if it does not exist.
    package mutating func attributes(of path: UntrustedText) throws(UnreadReason)
        -> FileAttributes?
    {
        switch answer(.attributes, path.bytes) {
        case .attributes(let file): return file
        case .absent: return nil
        case .unread(let reason): throw reason
        default: throw .readerFailed
        }
    }

    /// The target of a symbolic link; `nil` if the path does not exist or is not a symbolic link.
    package mutating func target(of path: UntrustedText) throws(UnreadReason) -> [UInt8]? {
        switch answer(.target, path.bytes) {
        case .target(let target): return target
        case .absent: return nil
        case .unread(let reason): throw reason
        default: throw .readerFailed
        }
    }
}

extension UnreadReason {
    /// Whether no further file of the user can be read, for the same reason.
    package var isFinal: Bool {
        switch self {
        case .tooManyFiles, .noAnswer, .readerFailed: true
        default: false
        }
    }
}

extension UnreadReason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .refused(.failed(let errno)): errno.description
        case .refused(.onKernelFileSystem): "it is on a virtual file system of the kernel"
        case .refused(.isDirectory): "it is a directory"
        case .refused(.isSpecial): "it is not a regular file"
        case .refused(.isTooLarge): "it is larger than \(ReadBudget.bytes >> 20) MiB"
        case .refused(.hasTooManyNames): "it has more than \(ReadBudget.names) files"
        case .notAbsolute: "the path does not begin with a slash"
        case .tooManyFiles: "too many files of this user have been read or examined"
        case .tooManyBytes: "the files of this user together exceed \(ReadBudget.bytes >> 20) MiB"
        case .noAnswer: "its file system did not answer within \(ReadBudget.milliseconds / 1000) s"
        case .readerFailed: "the process that reads the user's files ended early"
        }
    }
}
