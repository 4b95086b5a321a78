internal import CNetlink
internal import Linux

/// An rtnetlink(7) socket (NETLINK_ROUTE) in the network namespace where it was opened. Public for
/// the same reason as `Linux.Descriptor`.
@safe public struct RouteSocket: ~Copyable {
    let raw: OpaquePointer

    private init() throws(Errno) {
        guard let raw = unsafe nl_socket_alloc() else { throw .ENOMEM }
        unsafe self.raw = raw
    }

    deinit { unsafe nl_socket_free(raw) }

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
            let socket = try RouteSocket()
            guard unsafe nl_connect(socket.raw, family) == 0 else { throw .lastFailure }
            // Use a buffer of fixed size instead of peeking at the length of each reply.
            guard unsafe nl_socket_set_msg_buf_size(socket.raw, bufferSize) == 0 else {
                throw .ENOMEM
            }
            unsafe nl_socket_disable_msg_peek(socket.raw)
            unsafe nl_socket_disable_auto_ack(socket.raw)
            // Ask for extended acknowledgements (extack), which explain errors. Older kernels lack
            // them.
            var on: Int32 = 1
            _ = unsafe setsockopt(
                nl_socket_get_fd(socket.raw), SOL_NETLINK, NETLINK_EXT_ACK, &on,
                socklen_t(MemoryLayout<Int32>.size))
            return socket
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
    ) throws(NetlinkError) -> Reply {
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
            guard unsafe nl_send_auto(raw, message.raw) >= 0 else { throw .lastFailure }
            return unsafe nlmsg_hdr(message.raw).pointee.nlmsg_seq
        } catch {
            throw NetlinkError(operation, error)
        }
    }

    /// - Returns: the reply, or `nil` for an acknowledgement.
    private borrowing func receive(
        _ operation: String, answerTo request: UInt32
    ) throws(NetlinkError) -> Reply? {
        while true {
            var sender = sockaddr_nl()
            var buffer: UnsafeMutablePointer<UInt8>?
            let length = unsafe nl_recv(raw, &sender, &buffer, nil)
            guard length > 0, let buffer = unsafe buffer else {
                throw NetlinkError(operation, length < 0 ? .lastFailure : .EBADMSG)
            }
            let header = unsafe UnsafeMutableRawPointer(buffer).assumingMemoryBound(
                to: nlmsghdr.self)
            let reply = unsafe Reply(buffer: buffer, header: header)
            // Only the kernel has port ID 0. Other processes can send to this socket, too.
            guard sender.nl_pid == 0, unsafe nlmsg_ok(header, length) != 0,
                unsafe header.pointee.nlmsg_seq == request
            else { continue }
            guard unsafe Int32(header.pointee.nlmsg_type) == NLMSG_ERROR else { return reply }
            if let refusal = reply.refusal(operation) { throw refusal }
            return nil
        }
    }
}

extension Reply {
    /// The error of an NLMSG_ERROR; `nil` for an acknowledgement.
    fileprivate borrowing func refusal(_ operation: String) -> NetlinkError? {
        do throws(Errno) {
            let error = try payload(as: nlmsgerr.self)
            guard error.error != 0 else { return nil }
            // After the error number come the request and then the explanation.
            let repeated = Int(error.msg.nlmsg_len) - MemoryLayout<nlmsghdr>.size
            let words = attributes(after: nlmsgerr.self, skipping: repeated)
                .text(Int(NLMSGERR_ATTR_MSG.rawValue))
            return NetlinkError(
                operation, Errno(-error.error), explanation: printable(words ?? []))
        } catch {
            return NetlinkError(operation, error)
        }
    }
}
