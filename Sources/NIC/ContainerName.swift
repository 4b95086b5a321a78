internal import Identity
internal import Linux
internal import Netlink

/// The container of a request, as lxc-start names it. The user chooses both texts freely. Neither
/// is used as a path, so path traversal is impossible.
package struct ContainerName: Equatable, Sendable {
    package let lxcPath: [UInt8]
    package let name: [UInt8]

    /// Only the first 255 bytes of the name count (NAME_MAX): LXC does not support longer names,
    /// because each is also the name of a directory in LXCPATH.
    init(lxcPath: [UInt8], name: [UInt8]) {
        self.lxcPath = lxcPath
        self.name = Array(name.prefix(255))
    }
}

/// The container of a request and its owner, who together determine what its NICs keep.
struct OwnedContainer {
    let owner: UserID
    /// The owner's name, or the digits of the user ID.
    let user: [UInt8]
    let name: [UInt8]

    func identity(_ number: Int) -> ContainerIdentity {
        ContainerIdentity(owner: owner.number, name: name, number: number)
    }

    func label(_ number: Int) -> ContainerLabel {
        ContainerLabel(user: user, name: name, number: number)
    }

    /// The number of a NIC of this container, by its alias, which only root can set; `nil` for any
    /// other interface.
    func number(of nic: Interface) -> Int? {
        guard nic.kind == .veth, let alias = nic.alias?.bytes else { return nil }
        // Compare aliases, because a long name is cut there.
        let number = ContainerLabel.number(ofAlias: alias)
        return label(number).alias == alias ? number : nil
    }
}
