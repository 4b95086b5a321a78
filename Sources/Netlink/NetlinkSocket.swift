internal import CNetlink
internal import Linux

/// A netlink(7) socket in the network namespace where it was opened, for messages that libnl
/// builds. A socket of libnl would take five more system calls to open.
///
/// Public for the same reason as `Linux.Descriptor`.
public struct NetlinkSocket: ~Copyable {
    private let descriptor: Descriptor
    private let state: State

    /// - Parameter family: the netlink family, such as NETLINK_ROUTE.
    /// - Parameter bufferSize: the size of the longest datagram that it can receive, in bytes.
    static func open(_ family: Int32, bufferSize: Int) throws(Errno) -> NetlinkSocket {
        NetlinkSocket(
            descriptor: Descriptor(owning: try call { netlink_socket(family) }),
            state: State(bufferSize: bufferSize))
    }

    /// Binds the socket (bind(2)) and subscribes to notifications (NETLINK_ADD_MEMBERSHIP). If a
    /// socket only sends requests, the kernel binds it when the first one is sent.
    borrowing func subscribe(to groups: [UInt32]) throws(Errno) {
        var address = sockaddr_nl()
        address.nl_family = sa_family_t(AF_NETLINK)
        let size = socklen_t(MemoryLayout<sockaddr_nl>.size)
        let number = descriptor.number
        try call {
            unsafe withUnsafePointer(to: address) {
                unsafe bind(
                    number, UnsafeRawPointer($0).assumingMemoryBound(to: sockaddr.self), size)
            }
        }
        for group in groups { try setOption(NETLINK_ADD_MEMBERSHIP, Int32(group)) }
    }

    borrowing func setOption(_ option: Int32, _ value: Int32) throws(Errno) {
        var value = value
        let number = descriptor.number
        try call {
            unsafe setsockopt(
                number, SOL_NETLINK, option, &value, socklen_t(MemoryLayout<Int32>.size))
        }
    }

    /// The descriptor to poll.
    var pollDescriptor: Int32 { descriptor.number }

    /// - Returns: the sequence number of the request, which its reply repeats.
    borrowing func send(_ message: borrowing Message) throws(Errno) -> UInt32 {
        let number = state.nextNumber()
        try send(message.bytes(numbered: number))
        return number
    }

    borrowing func send(_ bytes: [UInt8]) throws(Errno) {
        let number = descriptor.number
        try call {
            unsafe bytes.withUnsafeBytes {
                unsafe CNetlink.send(number, $0.baseAddress, $0.count, 0)
            }
        }
    }

    /// Waits for the next datagram of the kernel.
    /// - Parameter waits: if not, and there is none, throws ``Errno/EAGAIN``.
    borrowing func receive(waits: Bool = true) throws(Errno) -> [KernelMessage] {
        while true {
            var sender = sockaddr_nl()
            let length = try receive(waits: waits, from: &sender)
            // Only the kernel has port ID 0. Other processes can send to this socket, too.
            if sender.nl_pid == 0 { return KernelMessage.all(in: state.buffer[..<length]) }
        }
    }

    /// - Returns: the length of the datagram, which is in the buffer.
    private borrowing func receive(
        waits: Bool, from sender: inout sockaddr_nl
    ) throws(Errno) -> Int {
        let number = descriptor.number
        // With MSG_TRUNC, the result is the length of the datagram even if it does not fit.
        let flags = Int32(MSG_TRUNC) | (waits ? 0 : Int32(MSG_DONTWAIT))
        let length = try call {
            unsafe state.buffer.withUnsafeMutableBytes { buffer in
                unsafe withUnsafeMutablePointer(to: &sender) {
                    var size = socklen_t(MemoryLayout<sockaddr_nl>.size)
                    return unsafe recvfrom(
                        number, buffer.baseAddress, buffer.count, flags,
                        UnsafeMutableRawPointer($0).assumingMemoryBound(to: sockaddr.self), &size)
                }
            }
        }
        guard length <= state.buffer.count else { throw .EBADMSG }
        return length
    }
}

/// What changes with each request and reply of a socket.
private final class State {
    private var lastNumber: UInt32 = 0
    /// Holds the last datagram. Allocated once: a C library may map and unmap memory of this size
    /// each time.
    var buffer: [UInt8]

    init(bufferSize: Int) { buffer = [UInt8](repeating: 0, count: bufferSize) }

    func nextNumber() -> UInt32 {
        lastNumber &+= 1
        return lastNumber
    }
}
