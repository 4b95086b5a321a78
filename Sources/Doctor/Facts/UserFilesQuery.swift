internal import Linux
package import UserFiles

/// A request to the process that reads a user's files, encoded as the words of a
/// ``ReaderProcess/Job``.
///
/// That process runs ``serve(_:from:)``; this one then runs the same code on the answers.
enum UserFilesQuery {
    case facts(TargetUser, SessionEnvironment)
    case containers(TargetUser)
    case log(UntrustedText)

    private enum Verb {
        static let facts = Array("facts".utf8)
        static let containers = Array("containers".utf8)
        static let log = Array("log".utf8)
    }

    var job: ReaderProcess.Job {
        switch self {
        case .facts(let target, let session):
            // An empty word stands for `nil`, and LXC treats an empty variable as unset.
            return ReaderProcess.Job(
                target.identity,
                [
                    Verb.facts, Array("\(target.user.number)".utf8), target.home.bytes,
                    target.container?.bytes ?? [], session.runtimeDirectory?.bytes ?? [],
                    session.home?.bytes ?? [], session.searchPath?.bytes ?? [],
                ])
        case .containers(let target):
            return ReaderProcess.Job(
                target.identity,
                [Verb.containers, Array("\(target.user.number)".utf8), target.home.bytes])
        case .log(let path):
            return ReaderProcess.Job(.controller(of: path.bytes), [Verb.log, path.bytes])
        }
    }

    /// - Returns: `nil` for words that ``job`` never contains.
    private init?(_ words: [[UInt8]]) {
        func text(_ bytes: [UInt8]) -> UntrustedText? {
            bytes.isEmpty ? nil : UntrustedText(bytes)
        }
        switch words.first {
        case Verb.facts where words.count == 7:
            guard let target = TargetUser(words[1], home: words[2], container: text(words[3]))
            else { return nil }
            self = .facts(
                target,
                SessionEnvironment(
                    runtimeDirectory: text(words[4]), home: text(words[5]),
                    searchPath: text(words[6])))
        case Verb.containers where words.count == 3:
            guard let target = TargetUser(words[1], home: words[2], container: nil)
            else { return nil }
            self = .containers(target)
        case Verb.log where words.count == 2: self = .log(UntrustedText(words[1]))
        default: return nil
        }
    }

    fileprivate static func serve(_ words: [[UInt8]], from files: inout some FileReader) {
        switch UserFilesQuery(words) {
        case .facts(let target, let session):
            _ = UserFacts.observe(target, session, from: &files)
        case .containers(let target): _ = KnownUsers.containers(of: target, from: &files)
        case .log(let path):
            _ = try? files.attributes(of: path)
            _ = try? files.contents(of: path)
        case nil: return
        }
    }
}

/// Reads the files that `berth doctor` needs. Runs in the process with the user's rights.
package func serveUserFiles(_ words: [[UInt8]], from files: inout some FileReader) {
    UserFilesQuery.serve(words, from: &files)
}

extension TargetUser {
    fileprivate var identity: ReaderProcess.Identity {
        .user(user, account.group, groups: groups)
    }

    /// A user with only those properties on which the questions depend.
    fileprivate init?(_ user: [UInt8], home: [UInt8], container: UntrustedText?) {
        guard let number = decimal(user[...], upTo: UInt64(UInt32.max)) else { return nil }
        let account = Account(
            name: [], user: UserID(UInt32(number)), group: GroupID(0), home: home)
        self.init(account, groups: [], container: container)
    }
}
