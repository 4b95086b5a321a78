internal import CLinux

/// UDP packets to programs of this host.
package enum Datagram {
    /// Sends a packet as if it came from the link of an interface (sendmsg(2) with IP_PKTINFO).
    /// - Parameter address: 4 bytes.
    /// - Parameter interface: its index.
    package static func send(
        _ bytes: [UInt8], to address: [UInt8], port: UInt16, through interface: Int32
    ) throws(Errno) {
        guard address.count == 4 else { throw .EINVAL }
        try call { unsafe linux_send_udp(address, port, interface, bytes, bytes.count) }
    }
}
