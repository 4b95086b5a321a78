internal import Linux

/// The sources of accounts, which `/etc/nsswitch.conf` names: see nsswitch.conf(5).
package enum AccountSources {
    /// Why programs do not find a user that `/etc/passwd` lists, as a sentence.
    /// - Parameter user: a name, or the digits of a user ID.
    /// - Returns: `nil` if the file does not have the user, or is used.
    package static func reasonUnknown(_ user: String) -> String? {
        reasonUnknown(
            user, accounts: contents(of: "/etc/passwd"), sources: contents(of: "/etc/nsswitch.conf")
        )
    }

    static func reasonUnknown(_ user: String, accounts: [UInt8], sources: [UInt8]) -> String? {
        let user = Array(user.utf8)
        let hasUser = Lines(bytes: accounts).contains { line in
            let fields = accounts[line].split(separator: 0x3a, omittingEmptySubsequences: false)
            return fields.count > 3
                && (fields[0].elementsEqual(user) || fields[2].elementsEqual(user))
        }
        guard hasUser else { return nil }
        for (number, place) in Lines(bytes: sources).entries {
            let words = words(of: sources[place].prefix { $0 != 0x23 })
            guard let first = words.first, first.elementsEqual("passwd:".utf8) else { continue }
            let names = words.dropFirst().map { String(decoding: $0, as: UTF8.self) }
            guard !names.contains(where: { ["files", "compat", "db"].contains($0) }) else {
                return nil
            }
            let text = names.map { UntrustedText($0).escaped }.joined(separator: " ")
            return "/etc/passwd has this user, but line \(number) of /etc/nsswitch.conf, "
                + "\"passwd: \(text)\", does not name files, so no program finds the user: write "
                + "\"passwd: files \(text)\" there"
        }
        return nil
    }
}
