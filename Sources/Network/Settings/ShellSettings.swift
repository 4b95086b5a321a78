/// Reads settings from text that shells read too, without being one.
///
/// Understood: comments, `NAME=value` with quotes and backslashes as sh(1) takes them, several of them
/// on a line, `export`, `$NAME` and `${NAME}` of what was set before, and lines that include another
/// file: `. FILE`, `[ ! -f FILE ] || . FILE`, `[ -f FILE ] && . FILE`. Everything else could only mean
/// something to a shell, and is refused with its place.
package struct ShellSettings {
    /// Reads a file that is included; `nil` if it does not exist.
    package typealias Source = (String) throws -> [UInt8]?

    private let source: Source
    private var variables: [String: String]
    private var including: [String] = []
    /// The files read, included ones too, in the order in which they were begun.
    package private(set) var files: [String] = []
    package private(set) var settings: Settings

    /// - Parameter file: after which the network is called.
    package init(file: String, source: @escaping Source) {
        self.source = source
        settings = Settings(file: file)
        variables = Dictionary(
            uniqueKeysWithValues: Setting.allCases.map { ($0.rawValue, $0.standard) })
    }

    /// - Returns: whether there is such a file.
    /// - Throws: ``Misconfiguration``, or what the source throws.
    @discardableResult
    package mutating func read(_ path: String) throws -> Bool {
        guard let bytes = try source(path) else { return false }
        try read(bytes, named: path)
        return true
    }

    package mutating func read(_ bytes: [UInt8], named path: String) throws {
        guard including.count < 8 else {
            throw SettingsError(
                Place(file: path, line: 1), nil,
                "files that include each other more than 8 deep: take an inclusion out")
        }
        including.append(path)
        defer { including.removeLast() }
        files.append(path)
        var words = ShellWords(bytes, file: path)
        while let command = try words.nextCommand(variables) {
            try obey(command)
            // A later word of the same command may use an earlier one, so each is read when its
            // turn comes; the command as a whole is what a shell would do at once.
        }
    }

    private mutating func obey(_ command: ShellWords.Command) throws {
        var words = command.words[...]
        if words.first?.isPlain("export") ?? false {
            // A name alone says only that programs shall see the setting too.
            words = words.dropFirst().filter { !$0.isPlainName }[...]
        }
        let assignments = words.compactMap(\.assignment)
        if assignments.count == words.count {
            for assignment in assignments {
                variables[assignment.name] = assignment.value
                settings.assign(assignment.name, assignment.value, at: command.place)
            }
        } else if let path = included(command.words) {
            guard path.hasPrefix("/") else {
                throw SettingsError(
                    command.place, nil, "\"\(path)\" is not an absolute path: write one")
            }
            // What a shell does where the test is missing; here a missing file is no error either.
            try read(path)
        } else {
            throw SettingsError(
                command.place, nil,
                "\"\(command.text)\" is not a setting: this file is read without a shell, so write "
                    + "NAME=\"value\", with nothing else on the line")
        }
    }

    /// The file that an include line names.
    private func included(_ words: [ShellWords.Word]) -> String? {
        let texts = words.map(\.text)
        func isInclude(_ rest: ArraySlice<String>) -> Bool {
            rest.count == 2 && (rest.first == "." || rest.first == "source")
        }
        if isInclude(texts[...]) { return texts[1] }
        if texts.count == 8, Array(texts[0...2]) == ["[", "!", "-f"],
            Array(texts[4...5]) == ["]", "||"], isInclude(texts[6...]), texts[3] == texts[7]
        {
            return texts[7]
        }
        if texts.count == 7,
            Array(texts[0...1]) == ["[", "-f"] || Array(texts[0...1]) == ["[", "-r"],
            Array(texts[3...4]) == ["]", "&&"], isInclude(texts[5...]), texts[2] == texts[6]
        {
            return texts[6]
        }
        return nil
    }
}
