internal import CNetlink
internal import Linux

/// An rtnetlink(7) socket (NETLINK_ROUTE) in the network namespace where it was opened. Public for
/// the same reason as `Linux.Descriptor`.
public struct RouteSocket: ~Copyable {
    let socket: NetlinkSocket

    /// - Parameter bufferSize: the size of the receive buffer in bytes. The default suffices for a
    ///   reply about one interface that this host's root configured; for others use
    ///   ``forForeignInterfaces``.
    package static func connect(bufferSize: Int = 16 << 10) throws(NetlinkError) -> RouteSocket {
        try connect(to: NETLINK_ROUTE, bufferSize: bufferSize)
    }

    /// - Parameter family: the netlink family, such as NETLINK_ROUTE.
    static func connect(
        to family: Int32, bufferSize: Int = 16 << 10
    ) throws(NetlinkError) -> RouteSocket {
        do throws(Errno) {
            let socket = try NetlinkSocket.open(family, bufferSize: bufferSize)
            // Ask for extended acknowledgements (extack), which explain errors. Older kernels lack
            // them.
            try? socket.setOption(NETLINK_EXT_ACK, 1)
            return RouteSocket(socket: socket)
        } catch {
            throw NetlinkError("open a netlink socket", error)
        }
    }

    /// The buffer size for interfaces of containers, to which a container's root can give hundreds
    /// of alternative names. The reply contains them all.
    package static let forForeignInterfaces: Int = 256 << 10

    /// Sends a request for a change, and waits for its acknowledgement (NLM_F_ACK).
    borrowing func change(
        _ operation: String, _ type: Int, _ flags: Int32 = 0,
        _ build: (borrowing Message) throws(Errno) -> Void
    ) throws(NetlinkError) {
        let request = try send(operation, type, flags | NLM_F_ACK, build)
        guard try receive(operation, answerTo: request) == nil else {
            throw NetlinkError(operation, .EBADMSG)
        }
    }

    borrowing func query(
        _ operation: String, _ type: Int,
        _ build: (borrowing Message) throws(Errno) -> Void
    ) throws(NetlinkError) -> KernelMessage {
        let request = try send(operation, type, 0, build)
        guard let reply = try receive(operation, answerTo: request) else {
            throw NetlinkError(operation, .EBADMSG)
        }
        return reply
    }

    /// - Returns: the sequence number of the request, which the reply repeats.
    borrowing func send(
        _ operation: String, _ type: Int, _ flags: Int32,
        _ build: (borrowing Message) throws(Errno) -> Void
    ) throws(NetlinkError) -> UInt32 {
        do throws(Errno) {
            let message = try Message(type, flags)
            try build(message)
            return try socket.send(message)
        } catch {
            throw NetlinkError(operation, error)
        }
    }

    /// - Returns: the reply, or `nil` for an acknowledgement.
    private borrowing func receive(
        _ operation: String, answerTo request: UInt32
    ) throws(NetlinkError) -> KernelMessage? {
        let message: KernelMessage
        let failure: Errno?
        do throws(Errno) {
            message = try answer(to: request)
            guard message.type == NLMSG_ERROR else { return message }
            failure = try message.failure()
        } catch { throw NetlinkError(operation, error) }
        guard let failure else { return nil }
        throw NetlinkError(operation, failure, explanation: message.explanation)
    }

    private borrowing func answer(to request: UInt32) throws(Errno) -> KernelMessage {
        while true {
            for message in try socket.receive() where message.sequence == request {
                return message
            }
        }
    }
}

extension KernelMessage {
    /// The explanation of an NLMSG_ERROR (extack), or empty.
    fileprivate var explanation: String {
        // After the error number come the request and then the explanation.
        guard let error = try? payload(as: nlmsgerr.self) else { return "" }
        let repeated = Int(error.msg.nlmsg_len) - MemoryLayout<nlmsghdr>.size
        let words = attributes(after: nlmsgerr.self, skipping: repeated)
            .text(Int(NLMSGERR_ATTR_MSG.rawValue))
        return printable(words ?? [])
    }
}
