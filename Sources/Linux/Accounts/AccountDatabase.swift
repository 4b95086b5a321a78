/// A database of accounts: /etc/passwd and /etc/group, and what nsswitch.conf(5) says about them.
package enum AccountDatabase: Sendable {
    case passwd, group

    /// What its file in /etc decides. Anything else is left to the C library (NSS).
    package enum FileRole: Equatable, Sendable {
        /// The file is the only source.
        case only
        /// The file is the first source, and an entry in it is final. Other sources follow.
        case first
        /// Another source comes first, or the line has a form that is not interpreted here: actions
        /// such as `[SUCCESS=merge]`, the source `compat`, or more than one line.
        case unknown

        /// What the file decides if nsswitch.conf or its line is missing. musl does not read
        /// nsswitch.conf.
        #if BERTH_MUSL
            package static let byDefault = FileRole.only
        #else
            package static let byDefault = FileRole.unknown
        #endif
    }

    /// The name of the database, and of its file.
    var name: String {
        switch self {
        case .passwd: "passwd"
        case .group: "group"
        }
    }

    /// - Parameters:
    ///   - configuration: the contents of nsswitch.conf.
    ///   - other: the result without a line for this database.
    package func fileRole(
        in configuration: [UInt8], otherwise other: FileRole = .byDefault
    ) -> FileRole {
        // The C library ends a line at a zero byte, and treats all white space as blanks.
        guard configuration.allSatisfy({ $0 >= 0x20 || $0 == 0x09 || $0 == 0x0a }) else {
            return .unknown
        }
        var role: FileRole?
        for place in Lines(bytes: configuration) {
            let line = configuration[place].drop(while: isBlank)
            let key = line.prefix { !isBlank($0) && $0 != 0x3a }
            guard key.elementsEqual(name.utf8) else { continue }
            guard role == nil else { return .unknown }
            role = Self.role(ofSources: line[key.endIndex...])
        }
        return role ?? other
    }

    /// - Parameter text: `: files systemd`
    private static func role(ofSources text: ArraySlice<UInt8>) -> FileRole {
        // Between sources, `#` begins no comment, but is the name of a source.
        guard text.first == 0x3a, !text.contains(0x5b), !text.contains(0x5d), !text.contains(0x23)
        else { return .unknown }
        let sources = words(of: text.dropFirst())
        guard let first = sources.first, first.elementsEqual("files".utf8) else { return .unknown }
        return sources.count == 1 ? .only : .first
    }
}
