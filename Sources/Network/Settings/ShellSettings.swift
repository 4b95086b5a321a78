/// The parser of the settings files, such as /etc/default/lxc-net, which LXC runs as shell scripts.
/// Here no shell runs them.
///
/// It supports comments, `NAME=value` with sh(1)'s quotes and backslashes, several assignments on a
/// line, `export`, `$NAME` and `${NAME}` of variables set before, and lines that include a file:
/// `. FILE`, `[ ! -f FILE ] || . FILE`, `[ -f FILE ] && . FILE` and `[ -r FILE ] && . FILE`, also
/// with `source` instead of `.`. Everything else is an error.
package struct ShellSettings {
    /// Returns the contents of a file, or `nil` if it does not exist.
    package typealias Source = (String) throws(SettingsError) -> [UInt8]?

    private let source: Source
    private var variables: [String: String]
    private var including: [String] = []
    /// The files that were read, including the included ones, in the order in which they were read.
    package private(set) var files: [String] = []
    package private(set) var settings: Settings

    /// - Parameter file: the file that configures the network.
    package init(file: String, source: @escaping Source) {
        self.source = source
        settings = Settings(file: file)
        variables = Dictionary(
            uniqueKeysWithValues: Setting.allCases.map { ($0.rawValue, $0.defaultValue) })
    }

    /// The maximum length of a file and of a value, in bytes. The reservations of a whole /16 fit.
    /// Without a limit, a value could double with each line, as in `A=$A$A`.
    static let maximumLength = maximumMiB << 20
    static let maximumMiB = 4

    /// Reads a file and those that it includes. It is not an error if a file does not exist.
    package mutating func read(_ path: String) throws(SettingsError) {
        guard let bytes = try source(path) else { return }
        guard including.count < 8 else {
            throw SettingsError(
                SettingLocation(file: path, line: 1), nil,
                "files include each other more than 8 levels deep: remove an include line")
        }
        including.append(path)
        defer { including.removeLast() }
        files.append(path)
        var words = ShellWords(bytes, file: path)
        while let command = try words.nextCommand(variables) { try evaluate(command) }
    }

    private mutating func evaluate(_ command: ShellWords.Command) throws(SettingsError) {
        var words = command.words[...]
        if words.first?.isPlain("export") ?? false {
            // `export NAME` only passes the variable on to programs.
            words = words.dropFirst().filter { !$0.isPlainName }[...]
        }
        let assignments = words.compactMap(\.assignment)
        if assignments.count == words.count {
            for assignment in assignments {
                guard assignment.value.utf8.count <= Self.maximumLength else {
                    throw SettingsError(
                        command.place, assignment.name,
                        "the value is longer than \(Self.maximumMiB) MiB")
                }
                variables[assignment.name] = assignment.value
                settings.assign(assignment.name, assignment.value, at: command.place)
            }
        } else if let path = includedFile(command.words.map(\.text)) {
            guard path.hasPrefix("/") else {
                throw SettingsError(
                    command.place, nil,
                    "\"\(path)\" is not an absolute path: include the file by its absolute path")
            }
            try read(path)
        } else {
            throw SettingsError(
                command.place, nil,
                "\"\(command.text)\" is not a setting: this file is read without a shell, so write "
                    + "NAME=\"value\" with nothing else on the line")
        }
    }

    /// The file that an include line names.
    private func includedFile(_ words: [String]) -> String? {
        guard let path = words.last, [".", "source"].contains(words.dropLast().last) else {
            return nil
        }
        let test = Array(words.dropLast(2))
        let isInclude = [
            [], ["[", "!", "-f", path, "]", "||"], ["[", "-f", path, "]", "&&"],
            ["[", "-r", path, "]", "&&"],
        ].contains(test)
        return isInclude ? path : nil
    }
}
