internal import CNetlink
internal import Linux

/// A netlink message from the kernel.
struct KernelMessage {
    /// Such as RTM_NEWLINK or NLMSG_ERROR.
    let type: Int32
    let flags: Int32
    /// The number of the request to which it replies; 0 for a notification.
    let sequence: UInt32
    /// What follows nlmsghdr.
    private let bytes: [UInt8]

    static func all(in datagram: ArraySlice<UInt8>) -> [KernelMessage] {
        unsafe datagram.withUnsafeBytes { all in
            var messages: [KernelMessage] = []
            var rest = Int32(all.count)
            let start = unsafe UnsafeMutableRawPointer(mutating: all.baseAddress)
            var next = unsafe start?.assumingMemoryBound(to: nlmsghdr.self)
            while let header = unsafe next, unsafe nlmsg_ok(header, rest) != 0 {
                unsafe messages.append(KernelMessage(header))
                unsafe next = nlmsg_next(header, &rest)
            }
            return messages
        }
    }

    /// - Parameter header: a message that nlmsg_ok has accepted.
    @unsafe private init(_ header: UnsafeMutablePointer<nlmsghdr>) {
        type = unsafe Int32(header.pointee.nlmsg_type)
        flags = unsafe Int32(header.pointee.nlmsg_flags)
        sequence = unsafe header.pointee.nlmsg_seq
        bytes = unsafe Array(
            UnsafeRawBufferPointer(
                start: nlmsg_data(header), count: Int(max(0, nlmsg_datalen(header)))))
    }

    /// The fixed header of the message.
    func payload<Header: BitwiseCopyable>(as type: Header.Type) throws(Errno) -> Header {
        guard bytes.count >= MemoryLayout<Header>.size else { throw .EBADMSG }
        return unsafe bytes.withUnsafeBytes { unsafe $0.loadUnaligned(as: Header.self) }
    }

    /// The attributes after that header and `more` further bytes.
    func attributes<Header>(after type: Header.Type, skipping more: Int = 0) -> Attributes {
        let aligned = Int(NLMSG_ALIGNTO)
        let header = (MemoryLayout<Header>.size + max(0, more) + aligned - 1) / aligned * aligned
        return Attributes(Array(bytes.dropFirst(header)))
    }

    /// The error number of an NLMSG_ERROR; `nil` for an acknowledgement.
    func failure() throws(Errno) -> Errno? {
        let code = try payload(as: nlmsgerr.self).error
        return code == 0 ? nil : Errno(-code)
    }
}
