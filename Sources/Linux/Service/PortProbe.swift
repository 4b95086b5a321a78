internal import CLinux

/// Whether a server could take a port.
package enum PortProbe {
    /// - Parameter address: 4 bytes or 16; it need not be this host's yet.
    /// - Returns: whether another program holds the port there, for datagrams or for streams.
    package static func isTaken(_ port: UInt16, at address: [UInt8]) -> Bool {
        guard address.count == 4 || address.count == 16 else { return false }
        return [Int32(SOCK_DGRAM.rawValue), Int32(SOCK_STREAM.rawValue)].contains { type in
            unsafe linux_probe_port(address, address.count, type, port) == -1
                && Errno.lastFailure == Errno(EADDRINUSE)
        }
    }
}
