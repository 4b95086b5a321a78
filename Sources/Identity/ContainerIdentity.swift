package import Usernet

/// What a container's NIC keeps when the container is restarted.
package struct ContainerIdentity: Equatable, Sendable {
    /// The user ID of the container's owner.
    package let owner: UInt32
    /// The container's name, as given to lxc-start. The user chooses it freely.
    package let name: [UInt8]
    /// Distinguishes NICs of the same owner and name on one bridge, from 0.
    package let number: Int

    package init(owner: UInt32, name: [UInt8], number: Int = 0) {
        self.owner = owner
        self.name = name
        self.number = number
    }

    /// The last four bytes of the hardware address (MAC), by HMAC: only a holder of the key can
    /// compute them. lxc.net.N.hwaddr, which lxc-start sets later, takes precedence.
    /// - Parameter sequence: from 0; the next one is used if another identity has the address.
    package func addressTail(
        on bridge: UsernetBridge, sequence: Int, key: IdentityKey
    ) -> [UInt8] {
        var message: [UInt8] = Array("berth identity 1".utf8) + [0] + bridge.bytes + [0]
        message += bigEndian(owner)
        message += bigEndian(UInt32(clamping: number))
        message += bigEndian(UInt32(clamping: sequence))
        message += name
        return Array(SHA256.authenticationCode(of: message, key: key.bytes).prefix(4))
    }
}

private func bigEndian(_ number: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
}
