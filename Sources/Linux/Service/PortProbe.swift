internal import CLinux

/// Finds out whether a port is free by binding to it: see bind(2).
package enum PortProbe {
    /// - Parameter address: 4 or 16 bytes. This host need not have the address yet.
    /// - Returns: whether another program listens on the port, for UDP or TCP.
    package static func isTaken(_ port: UInt16, at address: [UInt8]) -> Bool {
        guard address.count == 4 || address.count == 16 else { return false }
        return [linux_SOCK_DGRAM, linux_SOCK_STREAM].contains { type in
            unsafe linux_probe_port(address, address.count, type, port) == -1
                && Errno.lastFailure == Errno(EADDRINUSE)
        }
    }

    /// Whether a program uses the DHCP server port, 67, without sharing it (SO_REUSEPORT).
    package static func isDHCPServerTaken() -> Bool {
        linux_probe_shared_port(67) == -1 && Errno.lastFailure == Errno(EADDRINUSE)
    }
}
