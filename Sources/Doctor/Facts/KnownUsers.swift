internal import HostPaths
package import Linux

/// Who has anything to do with containers on this host.
package enum KnownUsers {
    /// Every user whom `/etc/lxc/lxc-usernet`, `/etc/lxc/lxc-usercgroup` or `/etc/subuid` names, by himself
    /// or by a group of his, once each, by number.
    package static func everybody() -> [TargetUser] {
        var names: [[UInt8]] = []
        for owner in owners() {
            let users =
                switch owner {
                case .user(let name): [name]
                case .group(let group): ((try? Accounts.members(of: group)) ?? nil) ?? []
                }
            for name in users where !names.contains(name) { names.append(name) }
        }
        var accounts: [Account] = []
        for name in names {
            guard let account = account(name),
                !accounts.contains(where: { $0.user == account.user })
            else { continue }
            accounts.append(account)
        }
        return accounts.sorted { $0.user.number < $1.user.number }
            .map { TargetUser($0, groups: Accounts.groups(of: $0)) }
    }

    /// The names of a user's containers.
    package static func containers(of user: UserID) -> [String] {
        guard let account = (try? Accounts.account(of: user)) ?? nil else { return [] }
        let place = ContainerConfig.directory(of: TargetUser(account, groups: []))
        let names = (try? SmallFile.names(in: place)) ?? []
        return names.filter { SmallFile.exists("\(place)/\($0)/config") }
            .map { printable($0.utf8) }
    }

    /// What the lines begin with.
    private static func owners() -> [Owner] {
        var owners: [Owner] = []
        for (path, separator) in [
            (Paths.usernet, UInt8(0x20)), (Paths.usercgroup, 0x20),
            ("/etc/subuid", 0x3a),
        ] {
            let bytes = ((try? SmallFile.contents(of: path)) ?? nil) ?? []
            for place in Lines(bytes: bytes) {
                let line = bytes[place].drop(while: isBlank)
                let field = line.prefix { $0 != separator && !isBlank($0) }
                guard let first = field.first, first != 0x23 else { continue }
                let owner = Owner(field: field)
                if !owners.contains(owner) { owners.append(owner) }
            }
        }
        return owners
    }

    private static func account(_ name: [UInt8]) -> Account? {
        if let account = (try? Accounts.account(named: name)) ?? nil { return account }
        guard let number = decimal(name[...], upTo: UInt64(UInt32.max)) else { return nil }
        return (try? Accounts.account(of: UserID(UInt32(number)))) ?? nil
    }
}
