internal import Identity
internal import Linux
package import Netlink
package import Usernet

/// Warnings about NICs of containers that berth-net leaves as they are.
package struct NICWarnings {
    let bridge: BridgeName
    let observed: ObservedNetwork
    let record: Record.Entry?
    /// The name of another interface that has ports.
    let name: (InterfaceIndex) -> String?

    package init(
        _ bridge: BridgeName, _ observed: ObservedNetwork, _ record: Record.Entry?,
        name: @escaping (InterfaceIndex) -> String?
    ) {
        self.bridge = bridge
        self.observed = observed
        self.record = record
        self.name = name
    }

    /// Why NICs are not reattached.
    package var detached: [String] {
        observed.nics.compactMap { nic in
            guard !nic.isAttached(to: observed), nic.isFinished else { return nil }
            let whose = "\(nic.interface) of \(printable(nic.owner.field))"
            if let master = nic.interface.master {
                return "\(whose) belongs to \(bridge) and is attached to "
                    + "\(name(master) ?? "another interface"), where it remains: to attach it to "
                    + "\(bridge) again, run ip link set \(nic.interface) nomaster"
            }
            guard nic.grant != nil else {
                return "\(whose) has lost its bridge \(bridge) and is not reattached, because an "
                    + "earlier version created it and nothing says what its line in lxc-usernet "
                    + "granted: restart its container"
            }
            guard nic.options(record, isolates: false) != nil else {
                return "\(whose) has lost its bridge \(bridge) and is not reattached, because "
                    + "nothing says to which hardware address macfilter locked it: restart its "
                    + "container"
            }
            return nil
        }
    }

    /// The NICs that keep a grant which their owners' lines in lxc-usernet no longer contain.
    package func changedLines(_ policy: UsernetFile) -> [String] {
        let entries = policy.entries.filter { $0.bridge == .named(bridge.interface) }
        return observed.nics.compactMap { nic in
            guard let grant = nic.grant else { return nil }
            let lines = entries.filter { $0.mayGrant(to: nic.owner) }
            let granted = lines.map(\.options.grantedWords)
            guard !granted.contains(where: { Set($0) == Set(grant.words) }) else { return nil }
            let now =
                lines.isEmpty
                ? "no line grants \(printable(nic.owner.field)) a NIC on \(bridge) any more"
                : "lines of \(printable(nic.owner.field)) for \(bridge) now grant "
                    + granted.map(Self.text).joined(separator: " or ")
            return "\(nic.interface) keeps what lxc-usernet granted when it was created "
                + "(\(Self.text(grant.words))), but \(now): restart its container to apply that"
        }
    }

    private static func text(_ words: [String]) -> String {
        words.isEmpty ? "no options" : words.joined(separator: ", ")
    }
}

extension UsernetEntry {
    /// Whether a NIC that counts towards this owner may have been charged to the line. The line may
    /// name a user by user ID. Rows of lines for each member of a group, and for all users (`*`),
    /// have the name of the user; group membership is not looked up.
    fileprivate func mayGrant(to owner: Owner) -> Bool {
        guard case .owner(let grantee) = grantee, !options.isEach else {
            if case .user = owner { return true } else { return false }
        }
        if grantee == owner { return true }
        guard case .user(let field) = grantee, case .user(let name) = owner,
            let number = decimal(field[...], upTo: UInt64(UInt32.max))
        else { return false }
        return ((try? Accounts.name(of: UserID(UInt32(number)))) ?? nil) == name
    }
}

extension UsernetEntry.Options {
    /// The words that become part of the grant of a NIC. The others take effect only when it is
    /// made.
    fileprivate var grantedWords: [String] {
        words.filter {
            ["isolated", "macfilter", "ipfilter"].contains($0) || $0.hasPrefix("vlan=")
        }
    }
}
