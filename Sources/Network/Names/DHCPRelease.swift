internal import Netlink

/// A DHCPRELEASE message (RFC 2131), with which a client gives up its lease. dnsmasq accepts it
/// from this host, too: its dhcp_release(1) does the same.
package struct DHCPRelease {
    private let client: MACAddress
    private let address: IPv4Address
    private let server: IPv4Address

    /// - Returns: `nil` for a lease of IPv6.
    package init?(_ lease: Lease, from server: IPv4Address) {
        guard let client = lease.hardwareAddress.flatMap({ MACAddress(text: $0.utf8) }),
            let address = IPv4Address(lease.address)
        else { return nil }
        self.client = client
        self.address = address
        self.server = server
    }

    package var bytes: [UInt8] {
        // BOOTREQUEST, Ethernet, six bytes of hardware address. The hops, the transaction ID, the
        // seconds and the flags are 0.
        let head: [UInt8] = [1, 1, 6, 0] + zeros(8)
        // ciaddr, then yiaddr, siaddr and giaddr.
        let addresses = address.bytes + zeros(12)
        // chaddr has 16 bytes, sname 64 and file 128.
        let names = client.bytes + zeros(10 + 64 + 128)
        let cookie: [UInt8] = [99, 130, 83, 99]
        // Message type 7, the server's identifier, and the end.
        let options: [UInt8] = [53, 1, 7, 54, 4] + server.bytes + [255]
        return head + addresses + names + cookie + options
    }

    private func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
}
