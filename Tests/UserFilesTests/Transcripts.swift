import Linux
import Testing

@testable import UserFiles

/// A transcript comes from a process that the user controls.
@Suite struct Transcripts {
    private static func file() -> FileAttributes {
        var file = FileAttributes(owner: UserID(1000), group: GroupID(7), mode: 0o750)
        file.kind = .directory
        file.isOnNoexec = true
        file.isOnReadOnly = true
        file.isOnFull = true
        file.isOnNosuid = true
        file.list = POSIXACL([2, 0, 0, 0, 1, 0, 7, 0, 255, 255, 255, 255])
        return file
    }

    private static let answers: [(Question, Answer)] = [
        (.contents, .contents(Array("a = b\n".utf8))), (.contents, .contents([])),
        (.names, .names([])), (.beginning, .contents([0x7f])),
        (.names, .names([Array("a.conf".utf8), [0xff]])),
        (.attributes, .attributes(file())), (.target, .target(Array("../x".utf8))),
        (.contents, .absent), (.contents, .unread(.refused(.failed(Errno(13))))),
        (.contents, .unread(.refused(.onKernelFileSystem))),
        (.contents, .unread(.refused(.isDirectory))), (.names, .unread(.refused(.isSpecial))),
        (.contents, .unread(.refused(.isTooLarge))), (.contents, .unread(.notAbsolute)),
        (.contents, .unread(.tooManyFiles)), (.contents, .unread(.tooManyBytes)),
    ]

    private static func encoded(_ answers: [(Question, Answer)] = answers) -> [UInt8] {
        answers.flatMap {
            Transcript.encoded($0, Array("/p".utf8)) + Transcript.encoded($1)
        }
    }

    @Test("every answer is decoded as it was encoded")
    func roundTrip() {
        let transcript = Transcript(Self.encoded())
        #expect(transcript.isSound)
        #expect(transcript.records.map(\.answer) == Self.answers.map(\.1))
        #expect(transcript.records.map(\.question) == Self.answers.map(\.0))
    }

    @Test("a transcript that ends early is valid, and shows which file had no answer")
    func truncated() {
        let bytes = Self.encoded()
        for count in bytes.indices {
            let transcript = Transcript(Array(bytes[..<count]))
            #expect(transcript.isSound)
            #expect(transcript.records.dropLast().allSatisfy { $0.answer != nil })
        }
        let begun = Transcript(Transcript.encoded(.contents, Array("/hangs".utf8)))
        #expect(begun.records.map(\.path) == [Array("/hangs".utf8)])
        var replay = Replay(begun, .noAnswer)
        #expect(replay.answer(.contents, Array("/hangs".utf8)) == .unread(.noAnswer))
        #expect(replay.answer(.contents, Array("/next".utf8)) == .unread(.noAnswer))
    }

    @Test(
        "bytes that the process never writes are refused",
        arguments: [
            [0], [9], [1, 255, 255, 255, 255],
            [1, 0, 16, 0, 0] + [UInt8](repeating: 1, count: 4097),
            question(.contents) + [0, 0, 0, 0, 0], question(.contents) + [7, 0, 0, 0, 0],
            question(.contents) + [5, 1, 0, 0, 0, 0],
            // An answer to another question.
            question(.contents) + [2, 0, 0, 0, 0], question(.names) + [1, 0, 0, 0, 0],
            // A name that is empty, contains a slash, or is not terminated.
            question(.names) + [2, 1, 0, 0, 0, 0], question(.names) + [2, 2, 0, 0, 0, 0x2f, 0],
            question(.names) + [2, 1, 0, 0, 0, 0x61],
            // Attributes of the wrong length or with unknown flags, an error number of 0, and
            // invalid reasons.
            question(.attributes) + [3, 1, 0, 0, 0, 0],
            question(.attributes) + [3, 18, 0, 0, 0, 1, 64] + [UInt8](repeating: 0, count: 16),
            question(.attributes) + [3, 18, 0, 0, 0, 7, 0] + [UInt8](repeating: 0, count: 16),
            question(.contents) + [6, 5, 0, 0, 0, 1, 0, 0, 0, 0],
            question(.contents) + [6, 1, 0, 0, 0, 12], question(.contents) + [6, 2, 0, 0, 0, 2, 2],
        ] as [[UInt8]])
    func refused(bytes: [UInt8]) {
        let transcript = Transcript(Self.encoded() + bytes)
        #expect(!transcript.isSound)
        #expect(transcript.records.count == Self.answers.count)
        var replay = Replay(transcript, .noAnswer)
        for _ in Self.answers.indices { _ = replay.answer(.contents, Array("/q".utf8)) }
        #expect(replay.answer(.contents, Array("/q".utf8)) == .unread(.readerFailed))
    }

    private static func question(_ question: Question) -> [UInt8] {
        Transcript.encoded(question, Array("/x".utf8))
    }

    @Test("answers are used only for the same questions in the same order")
    func order() {
        var replay = Replay(
            Transcript(Self.encoded([(.contents, .contents([1])), (.contents, .contents([2]))])),
            .readerFailed)
        #expect(replay.answer(.contents, Array("/p".utf8)) == .contents([1]))
        #expect(replay.answer(.contents, Array("/etc/shadow".utf8)) == .unread(.readerFailed))
        #expect(replay.answer(.contents, Array("/p".utf8)) == .unread(.readerFailed))
    }

    @Test("the arguments of the process are parsed, and invalid ones are refused")
    func identity() {
        for identity in [
            ReaderProcess.Identity.user(
                UserID(1000), GroupID(1), groups: [GroupID(1), GroupID(2)]),
            .user(.root, .root, groups: []), .controller(of: [0x2f, 0xff]),
        ] {
            var words = (identity.words + [[1]])[...]
            #expect(ReaderProcess.Identity(&words) == identity)
            #expect(words == [[1]])
        }
        for words in [
            "", "user", "user 1", "user 1 2", "user 4294967295 1 1", "user -1 1 1", "user 1 1 x",
            "user 1 1 4294967296", "root 0 0 0", "controller",
        ] {
            var words = words.split(separator: " ").map { Array($0.utf8) }[...]
            #expect(ReaderProcess.Identity(&words) == nil)
        }
    }
}
