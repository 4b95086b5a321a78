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
        do throws(Errno) {
            while true {
                for message in try socket.receive() where message.sequence == request {
                    if message.flags & NLM_F_DUMP_INTR != 0 { isComplete = false }
                    switch message.type {
                    case NLMSG_DONE: return (entries, isComplete)
                    case NLMSG_ERROR: throw try message.failure() ?? .EBADMSG
                    default:
                        guard let header = try? message.payload(as: Header.self),
                            let entry = parse(header, message.attributes(after: Header.self))
                        else { continue }
                        entries.append(entry)
                    }
                }
            }
        } catch {
            throw NetlinkError(operation, error)
        }
    }
}
