package import Linux
package import UserFiles

/// The known messages of an lxc-start log, explained.
package struct LXCLogExplanation: Sendable {
    package struct Message: Sendable {
        package let entry: LXCLogMessage
        /// The line of its first occurrence, from 1.
        package let line: Int
        package internal(set) var count: Int
        /// The message in the line, without the prefix that LXC adds.
        package let text: UntrustedText
    }

    package let file: UntrustedText
    package let lines: Int
    package private(set) var messages: [Message] = []

    /// - Parameter host: the host for which the fixes are.
    package init(of bytes: [UInt8], file: UntrustedText, on host: LXCLogHost) {
        self.file = file
        let known = LXCLogMessage.known(on: host)
        var number = 0
        var unknown: Message?
        for range in Lines(bytes: bytes) {
            number += 1
            let line = LXCLogLine(String(decoding: bytes[range], as: UTF8.self))
            guard let entry = known.first(where: { $0.matches(line) }) else {
                if unknown == nil, line.level == .error {
                    unknown = Message(entry: .unknown, line: number, count: 1, text: line.text)
                }
                continue
            }
            if let index = messages.firstIndex(where: { $0.entry.id == entry.id }) {
                messages[index].count += 1
            } else {
                messages.append(Message(entry: entry, line: number, count: 1, text: line.text))
            }
        }
        lines = number
        select(unknown)
    }

    /// Omits messages that are consequences of others.
    /// - Parameter unknown: the first error that matches no known message.
    private mutating func select(_ unknown: Message?) {
        let ids = Set(messages.map(\.entry.id))
        let cause = messages.first { $0.entry.isFatal && !$0.entry.isGeneric }
        messages.removeAll { message in
            message.entry.follows.contains { ids.contains($0) }
                || message.entry.isGeneric && cause != nil
        }
        // What comes after a known cause is most likely its consequence. An unknown error before it
        // may be the cause.
        guard let unknown, unknown.line < cause?.line ?? .max else { return }
        let index = messages.firstIndex { $0.line > unknown.line } ?? messages.endIndex
        messages.insert(unknown, at: index)
    }

    /// Reads a log with the rights of the user who decides where the path leads.
    /// - Returns: `nil` if the file does not exist.
    package static func read(
        _ path: UntrustedText, on host: LXCLogHost
    ) throws(UnreadReason) -> LXCLogExplanation? {
        guard var files = ReaderProcess.run([UserFilesQuery.log(path).job]).first else {
            throw .readerFailed
        }
        var host = host
        let owner = ((try? files.attributes(of: path)) ?? nil)?.owner
        host.isRoot = host.isRoot && owner == .root
        return try files.contents(of: path).map { LXCLogExplanation(of: $0, file: path, on: host) }
    }
}
