package import Delegation
internal import HostPaths
internal import Linux

/// The command line of berth-run.
package struct Request: Equatable, Sendable {
    package enum Action: Equatable, Sendable {
        /// The command and its arguments.
        case run([[UInt8]])
        /// Print where a command would run.
        case scopeInfo
        case help
        case version
    }

    package let action: Action
    package let suffix: CommandCgroup.Suffix?

    package static var usage: String {
        "usage: berth-run [--name SUFFIX] [--] COMMAND [ARGUMENT...], or berth-run --scope-info"
    }

    package static var version: String { "berth-run \(Version.number)" }

    /// - Parameter words: the command line without the name of the program. The first word that is
    ///   not an option is the command, and all that follow are its arguments.
    package init(_ words: [[UInt8]]) throws(Refusal) {
        var rest = words[...]
        var suffix: CommandCgroup.Suffix?
        var asksForInfo = false
        while let word = rest.first, word.first == 0x2d {
            rest = rest.dropFirst()
            if word.elementsEqual("--".utf8) { break }
            if word.elementsEqual("--help".utf8) || word.elementsEqual("-h".utf8) {
                self = Request(action: .help, suffix: nil)
                return
            } else if word.elementsEqual("--version".utf8) {
                self = Request(action: .version, suffix: nil)
                return
            } else if word.elementsEqual("--scope-info".utf8) {
                asksForInfo = true
            } else if word.elementsEqual("--name".utf8) || word.starts(with: "--name=".utf8) {
                let hasEquals = word.count > 6
                guard let name = hasEquals ? Array(word.dropFirst(7)) : rest.first else {
                    throw .usage
                }
                if !hasEquals { rest = rest.dropFirst() }
                guard let read = CommandCgroup.Suffix(name) else {
                    throw .invalidSuffix(printable(name, limit: 40))
                }
                suffix = read
            } else {
                throw .unknownOption(printable(word, limit: 40))
            }
        }
        guard asksForInfo == rest.isEmpty else { throw .usage }
        self = Request(action: asksForInfo ? .scopeInfo : .run(Array(rest)), suffix: suffix)
    }

    private init(action: Action, suffix: CommandCgroup.Suffix?) {
        self.action = action
        self.suffix = suffix
    }
}
