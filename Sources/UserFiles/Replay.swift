internal import Linux

/// Answers the questions that another process has asked, from its transcript.
///
/// The code that asks runs twice: in that process with the user's rights, and here, where it
/// touches no file of the user. It asks the same questions in the same order, because they depend
/// only on its arguments and on the answers. Once a question differs from the recorded one, there
/// are no more answers.
package struct Replay: FileReader {
    private var records: ArraySlice<Transcript.Record>
    /// Why there are no answers after the last record.
    private var end: UnreadReason

    package init(_ transcript: Transcript, _ end: UnreadReason) {
        records = transcript.records[...]
        self.end = transcript.isSound ? end : .readerFailed
    }

    package mutating func answer(_ question: Question, _ path: [UInt8]) -> Answer {
        guard path.count < 4096, !path.contains(0) else {
            return .unread(.refused(.failed(.ENAMETOOLONG)))
        }
        guard let record = records.popFirst() else { return .unread(end) }
        guard record.question == question, record.path == path else {
            records = []
            end = .readerFailed
            return .unread(end)
        }
        guard let answer = record.answer else { return .unread(end) }
        return answer
    }
}
