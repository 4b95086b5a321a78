internal import Linux

/// What one check found about one file, program or bridge.
package struct Finding: Equatable, Sendable {
    package enum Verdict: String, Sendable, CaseIterable {
        case ok, warning, problem
        /// The requester may not read what the check needs.
        case unknown
    }

    /// The name of the check, which ``Check/run(_:)`` sets.
    package internal(set) var check = ""
    package let verdict: Verdict
    /// The file, program, bridge or setting that was examined.
    package let place: String
    package let message: String
    /// The steps that fix it, to be taken in this order.
    package let fixes: [Fix]

    init(_ verdict: Verdict, _ place: String, _ message: String, _ fixes: [Fix] = []) {
        self.verdict = verdict
        self.place = ascii(place)
        self.message = ascii(message)
        self.fixes = fixes.map { $0.ascii }
    }

    static func ok(_ place: String, _ message: String) -> Finding { .init(.ok, place, message) }

    static func warning(_ place: String, _ message: String, _ fixes: Fix...) -> Finding {
        .init(.warning, place, message, fixes)
    }

    static func problem(_ place: String, _ message: String, _ fixes: Fix...) -> Finding {
        .init(.problem, place, message, fixes)
    }

    /// - Parameter reason: why the verdict is unknown, such as "only root may read it".
    static func unknown(_ place: String, _ reason: String) -> Finding {
        .init(.unknown, place, reason)
    }
}

/// One step of a fix.
///
/// No step contains text from a user, a container or a log, unless its form was checked: see
/// ``UntrustedText/shellWord``.
package enum Fix: Equatable, Sendable {
    /// A command line for a shell.
    case command(String, by: Actor)
    /// A line to append to a file.
    case line(String, to: String, by: Actor)
    /// A step that cannot be given as a command.
    case advice(String)

    package enum Actor: String, Sendable {
        case root
        case user
    }
}

/// A second line of defense, after ``UntrustedText``: every finding is printable ASCII.
private func ascii(_ text: String) -> String { printable(text.utf8, limit: 4096) }

extension Fix {
    fileprivate var ascii: Fix {
        switch self {
        case .command(let text, let actor): .command(Doctor.ascii(text), by: actor)
        case .line(let text, let file, let actor):
            .line(Doctor.ascii(text), to: Doctor.ascii(file), by: actor)
        case .advice(let text): .advice(Doctor.ascii(text))
        }
    }

    /// A line for a file whose path a user chose.
    static func line(_ text: String, in path: UntrustedText, by actor: Actor) -> Fix {
        path.shellWord.map { .line(text, to: $0, by: actor) }
            ?? .advice("write \(text) in \(path.quoted)")
    }
}

extension [Fix] {
    /// All steps in one sentence; `nil` if there are none.
    var sentence: String? {
        guard !isEmpty else { return nil }
        let steps = map { fix in
            switch fix {
            case .advice(let text): text
            case .command(let command, .root): "as root, run \(command)"
            case .command(let command, .user): "run \(command)"
            case .line(let line, let file, let actor):
                "\(actor == .root ? "as root, " : "")add to \(file): \(line)"
            }
        }
        return steps.joined(separator: "; ") + "."
    }
}
