package import Linux
internal import UserFiles
internal import Usernet

/// The users who are set up for unprivileged containers on this host.
package enum KnownUsers {
    /// The users whom `/etc/lxc/lxc-usernet`, `/etc/lxc/lxc-usercgroup` or `/etc/subuid` names,
    /// directly or through a group, sorted by user ID.
    package static func all(in policies: PolicyFiles) -> [TargetUser] {
        var names: [[UInt8]] = []
        for owner in owners(in: policies) {
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

    package static func containers(of user: UserID) -> [UntrustedText] {
        guard let account = (try? Accounts.account(of: user)) ?? nil else { return [] }
        let target = TargetUser(account, groups: Accounts.groups(of: account))
        guard var files = ReaderProcess.run([UserFilesQuery.containers(target).job]).first else {
            return []
        }
        return containers(of: target, from: &files)
    }

    static func containers(
        of target: TargetUser, from files: inout some FileReader
    ) -> [UntrustedText] {
        var config = ContainerConfig()
        config.readDirectory(of: target, from: &files)
        var found: [UntrustedText] = []
        for name in ((try? files.names(in: config.directory)) ?? nil) ?? []
        where name.first != 0x2e {
            let name = UntrustedText(name)
            let path = config.directory.appending("/").appending(name).appending("/config")
            do throws(UnreadReason) {
                if try files.attributes(of: path) != nil { found.append(name) }
            } catch {
                if error.isFinal { break }
            }
        }
        return found
    }

    /// The owners that the first fields of all lines name, including otherwise invalid lines. `*`
    /// names no owner.
    private static func owners(in policies: PolicyFiles) -> [Owner] {
        var owners: [Owner] = []
        for (bytes, separator) in [
            (policies.usernet.bytes, UInt8(0x20)), (policies.usercgroup.bytes, 0x20),
            (policies.subuid, 0x3a),
        ] {
            for range in Lines(bytes: bytes) {
                let line = bytes[range].drop(while: isBlank)
                let field = line.prefix { $0 != separator && !isBlank($0) }
                guard let first = field.first, first != 0x23,
                    case .owner(let owner) = Grantee(field: field)
                else { continue }
                if !owners.contains(owner) { owners.append(owner) }
            }
        }
        return owners
    }

    private static func account(_ name: [UInt8]) -> Account? {
        if let account = (try? Accounts.account(named: name)) ?? nil { return account }
        guard let number = decimal(name[...], upTo: UInt64(UInt32.max) - 1) else { return nil }
        return (try? Accounts.account(of: UserID(UInt32(number)))) ?? nil
    }
}
