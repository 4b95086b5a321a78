package import Linux

/// The child process that reads the files of one user, after setresuid(2) to that user (see
/// ``UserIdentity``).
///
/// It is this program, executed again for privilege separation: it has one thread, nothing of the
/// parent's memory and an empty environment. It writes a ``Transcript`` to standard output; its
/// other descriptors are /dev/null.
package enum ReaderProcess {
    /// The first argument of a program that runs as such a process.
    package static let subcommand = "read-user-files"

    /// The user whose rights the process gets.
    package enum Identity: Equatable, Sendable {
        case user(UserID, GroupID, groups: [GroupID])
        /// The first user other than root who owns a component of this path, and so controls
        /// where it leads. If root owns them all, the user who started the program.
        case controller(of: [UInt8])
    }

    package struct Job: Sendable {
        let identity: Identity
        /// Further arguments, which select what the process reads.
        let words: [[UInt8]]

        package init(_ identity: Identity, _ words: [[UInt8]]) {
            self.identity = identity
            self.words = words
        }
    }

    /// Runs each job in its own process, up to 32 at the same time.
    /// - Returns: the answers for each job, in the same order.
    package static func run(_ jobs: [Job]) -> [Replay] {
        let commands = jobs.map {
            [Array(subcommand.utf8)] + $0.identity.words + $0.words
        }
        return OwnProgram.run(
            commands, atOnce: 32, within: ReadBudget.milliseconds, keeping: ReadBudget.output
        ).map { outcome in
            Replay(
                Transcript(outcome.output), outcome.ending == .outOfTime ? .noAnswer : .readerFailed
            )
        }
    }

    /// If the arguments begin with ``subcommand``, runs this program as the reading process, and
    /// exits.
    /// - Parameter arguments: without the program's name.
    /// - Parameter body: reads the files, given the words of the job.
    package static func serveIfRequested(
        _ arguments: [[UInt8]], _ body: ([[UInt8]], inout DirectReader) -> Void
    ) {
        guard arguments.first == Array(subcommand.utf8) else { return }
        var rest = arguments.dropFirst()
        guard let identity = Identity(&rest), (try? identity.take()) != nil else {
            exitProcess(status: 1)
        }
        var reader = DirectReader { part in
            do throws(Errno) { try printOut(bytes: part) } catch { exitProcess(status: 1) }
        }
        body(Array(rest), &reader)
        exitProcess(status: 0)
    }
}
