internal import CNetlink
internal import Linux

extension RouteSocket {
    /// Lists the entries of a kernel table (NLM_F_DUMP; repeated after NLM_F_DUMP_INTR).
    /// - Parameter header: the fixed header of the request; often of the same type as that of the
    ///   entries.
    /// - Parameter with: adds attributes to the request.
    /// - Parameter parse: parses an entry; `nil` leaves it out.
    borrowing func list<Request: BitwiseCopyable, Header: BitwiseCopyable, Entry>(
        _ operation: String, _ type: Int, _ header: Request,
        with attributes: (borrowing Message) throws(Errno) -> Void = { _ throws(Errno) in },
        _ parse: (Header, Attributes) -> Entry?
    ) throws(NetlinkError) -> [Entry] {
        // If the table changes while it is read, read it again, at most five times. Then use what
        // was read: a caller that subscribes to changes will be notified, and read it again.
        for _ in 0..<5 {
            let (entries, isComplete) = try listOnce(operation, type, header, attributes, parse)
            if isComplete { return entries }
        }
        return try listOnce(operation, type, header, attributes, parse).entries
    }

    private borrowing func listOnce<Request: BitwiseCopyable, Header: BitwiseCopyable, Entry>(
        _ operation: String, _ type: Int, _ header: Request,
        _ attributes: (borrowing Message) throws(Errno) -> Void,
        _ parse: (Header, Attributes) -> Entry?
    ) throws(NetlinkError) -> (entries: [Entry], isComplete: Bool) {
        let request = try send(operation, type, NLM_F_ROOT | NLM_F_MATCH) {
            message throws(Errno) in
            try message.begin(header)
            try attributes(message)
        }
        var entries: [Entry] = []
        var isComplete = true
        while true {
            var sender = sockaddr_nl()
            var buffer: UnsafeMutablePointer<UInt8>?
            var rest = unsafe nl_recv(raw, &sender, &buffer, nil)
            guard rest > 0, let start = unsafe buffer else {
                throw NetlinkError(operation, rest < 0 ? .lastFailure : .EBADMSG)
            }
            defer { unsafe free(start) }
            guard sender.nl_pid == 0 else { continue }
            var next = unsafe UnsafeMutableRawPointer(start).assumingMemoryBound(to: nlmsghdr.self)
            while unsafe nlmsg_ok(next, rest) != 0 {
                let message = unsafe next
                unsafe next = nlmsg_next(message, &rest)
                guard unsafe message.pointee.nlmsg_seq == request else { continue }
                if unsafe Int32(message.pointee.nlmsg_flags) & NLM_F_DUMP_INTR != 0 {
                    isComplete = false
                }
                switch unsafe Int32(message.pointee.nlmsg_type) {
                case NLMSG_DONE: return (entries, isComplete)
                case NLMSG_ERROR:
                    let code = unsafe nlmsg_data(message).map {
                        unsafe $0.loadUnaligned(as: nlmsgerr.self).error
                    }
                    throw NetlinkError(operation, code.map { Errno(-$0) } ?? .EBADMSG)
                default:
                    if let entry = unsafe Self.entry(message, parse) { entries.append(entry) }
                }
            }
        }
    }

    private static func entry<Header: BitwiseCopyable, Entry>(
        _ message: UnsafeMutablePointer<nlmsghdr>, _ parse: (Header, Attributes) -> Entry?
    ) -> Entry? {
        let size = Int32(MemoryLayout<Header>.size)
        guard unsafe nlmsg_datalen(message) >= size, let data = unsafe nlmsg_data(message) else {
            return nil
        }
        let attributes = unsafe Attributes(
            copying: nlmsg_attrdata(message, size), length: nlmsg_attrlen(message, size))
        return parse(unsafe data.loadUnaligned(as: Header.self), attributes)
    }
}
