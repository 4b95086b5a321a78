internal import HostPaths
internal import Identity
internal import Linux
internal import Usernet

extension HostFacts {
    /// Reads the key for hardware addresses, and how to look up users.
    mutating func observeIdentity() {
        userID = { name in
            // A user without an account is written as the user ID.
            let user = (try? Accounts.user(named: name)) ?? nil
            return user?.number
                ?? decimal(name[...], upTo: UInt64(UInt32.max - 1)).map { UInt32($0) }
        }
        let key: IdentityKey
        do throws(SecretFile.AccessError) { key = try IdentityKey.load() } catch {
            // `start` creates a missing key before it plans. Until then, `plan` and `check` use a
            // random key: its addresses differ from the final ones, but the plan has the same
            // changes.
            guard error == .missing, SmallFile.isWritable("\(Paths.lxcConfiguration)/."),
                let other = (try? randomBytes(IdentityKey.size)).flatMap({ IdentityKey($0) })
            else {
                identityKeyProblem = Self.sentence(error)
                return
            }
            key = other
        }
        hardwareAddresses = { bridge, owner, label in
            guard let bridge = UsernetBridge(bridge.description.utf8) else { return [] }
            let identity = ContainerIdentity(
                owner: owner, name: label.name, number: label.number)
            let tail = identity.addressTail(on: bridge, sequence: 0, key: key)
            return HardwareBlock.allCases.map { $0.containerAddress(tail).description }
        }
    }

    var warnings: [String] {
        identityKeyProblem.map {
            ["containers get random hardware addresses at each start, because \($0)"]
        } ?? []
    }

    /// A clause that follows "because".
    private static func sentence(_ error: SecretFile.AccessError) -> String {
        let key = Paths.identityKey
        return switch error {
        case .missing: "\(key) cannot be created: make \(Paths.lxcConfiguration) writable"
        case .notRegular: "\(key) is not a regular file: remove it"
        case .notPrivate:
            "\(key) is not owned by root, or other users have permissions on it: remove it, or run "
                + "chown root:root and chmod 600 on it"
        case .wrongSize: "\(key) is not \(IdentityKey.size) bytes long: remove it"
        case .failed(let error): "\(key) cannot be read: \(error)"
        }
    }
}
