/// The questions that a process asked about a user's files, and the answers, in order.
///
/// Each question is a byte and a path; each answer a byte and a value. A path or a value is its
/// length in four bytes, the least significant first, and that many bytes. The user can trace the
/// process that writes it (ptrace(2)), so nothing in it is trusted to be true or well-formed.
package struct Transcript: Equatable, Sendable {
    package struct Record: Equatable, Sendable {
        package let question: Question
        package let path: [UInt8]
        /// `nil` for the last question, if the process was ended before it had an answer.
        package let answer: Answer?
    }

    package private(set) var records: [Record] = []
    /// Whether the bytes are valid records, of which the last may be incomplete.
    package private(set) var isSound = true

    package init() {}

    /// Parses as many records as are valid.
    package init(_ bytes: [UInt8]) {
        var input = Input(bytes)
        while !input.isAtEnd {
            guard let question = input.byte().flatMap({ Question(rawValue: $0) }),
                let path = input.value(atMost: 4095), !path.contains(0)
            else {
                isSound = input.isTruncated
                return
            }
            guard let code = input.byte(), let value = input.value(atMost: 2 * ReadBudget.bytes)
            else {
                isSound = input.isTruncated
                records.append(Record(question: question, path: path, answer: nil))
                return
            }
            guard let answer = Answer(code: code, value), answer.isAnswer(to: question) else {
                isSound = false
                return
            }
            records.append(Record(question: question, path: path, answer: answer))
        }
    }

    static func encoded(_ question: Question, _ path: [UInt8]) -> [UInt8] {
        [question.rawValue] + Input.encoded(path)
    }

    static func encoded(_ answer: Answer) -> [UInt8] {
        let (code, value) = answer.encoding
        return [code] + Input.encoded(value)
    }
}

/// Bytes that are parsed from the beginning.
struct Input {
    private var rest: ArraySlice<UInt8>
    /// Whether the bytes ended where more of them were expected.
    private(set) var isTruncated = false

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func byte() -> UInt8? {
        guard let byte = rest.popFirst() else {
            isTruncated = true
            return nil
        }
        return byte
    }

    mutating func number() -> UInt32? {
        guard rest.count >= 4 else {
            isTruncated = true
            return nil
        }
        let bytes = rest.prefix(4)
        rest = rest.dropFirst(4)
        return bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    mutating func value(atMost limit: Int) -> [UInt8]? {
        guard let count = number(), count <= limit else { return nil }
        guard rest.count >= count else {
            isTruncated = true
            return nil
        }
        let bytes = Array(rest.prefix(Int(count)))
        rest = rest.dropFirst(Int(count))
        return bytes
    }

    static func encoded(_ number: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }

    static func encoded(_ bytes: [UInt8]) -> [UInt8] { encoded(UInt32(bytes.count)) + bytes }
}
