internal import Linux

/// Reads files with the rights of this process, within a budget, and records each answer.
package struct DirectReader: FileReader {
    private var budget = ReadBudget()
    /// Writes a part of the transcript, before the next file is accessed.
    private let record: ([UInt8]) -> Void

    package init(record: @escaping ([UInt8]) -> Void) { self.record = record }

    package mutating func answer(_ question: Question, _ path: [UInt8]) -> Answer {
        // The kernel rejects longer paths: PATH_MAX.
        guard path.count < 4096, !path.contains(0) else {
            return .unread(.refused(.failed(.ENAMETOOLONG)))
        }
        // Written first, so that the parent knows which file could not be read in time.
        record(Transcript.encoded(question, path))
        let answer = read(question, path)
        record(Transcript.encoded(answer))
        return answer
    }

    private mutating func read(_ question: Question, _ path: [UInt8]) -> Answer {
        guard budget.spend(question) else { return .unread(.tooManyFiles) }
        guard path.first == 0x2f else { return .unread(.notAbsolute) }
        do throws(ForeignFile.Refusal) {
            let file: ForeignFile
            do throws(Errno) {
                guard let found = try ForeignFile.open(path, followingLinks: question != .target)
                else { return .absent }
                file = found
            } catch { throw .failed(error) }
            switch question {
            case .contents: return try contents(of: file)
            case .names: return try names(in: file)
            case .beginning: return try beginning(of: file)
            case .attributes: return .attributes(file.attributes())
            case .target:
                guard file.isSymbolicLink else { return .absent }
                do throws(Errno) { return .target(try file.target()) } catch {
                    throw .failed(error)
                }
            }
        } catch { return .unread(.refused(error)) }
    }

    private mutating func contents(of file: borrowing ForeignFile) throws(ForeignFile.Refusal)
        -> Answer
    {
        do throws(ForeignFile.Refusal) {
            let bytes = try file.contents(atMost: budget.bytesLeft)
            budget.spend(bytes: bytes.count)
            return .contents(bytes)
        } catch {
            guard error == .isTooLarge else { throw error }
            return .unread(
                file.size > ReadBudget.bytes ? .refused(.isTooLarge) : .tooManyBytes)
        }
    }

    private mutating func beginning(of file: borrowing ForeignFile) throws(ForeignFile.Refusal)
        -> Answer
    {
        guard budget.bytesLeft >= ReadBudget.beginning else { return .unread(.tooManyBytes) }
        let bytes = try file.beginning(ReadBudget.beginning)
        budget.spend(bytes: bytes.count)
        return .contents(bytes)
    }

    private mutating func names(in directory: borrowing ForeignFile) throws(ForeignFile.Refusal)
        -> Answer
    {
        let names = try directory.names(atMost: ReadBudget.names)
        let count = names.reduce(0) { $0 + $1.count }
        guard count <= budget.bytesLeft else { return .unread(.tooManyBytes) }
        budget.spend(bytes: count)
        return .names(names.sorted { $0.lexicographicallyPrecedes($1) })
    }
}
