internal import CNetlink
internal import Linux

/// A request under construction. libnl's buffer has the size of a page; a request that exceeded it
/// would fail with ``Errno/ENOMEM``.
@safe struct Message: ~Copyable {
    private let raw: OpaquePointer

    init(_ type: Int, _ flags: Int32) throws(Errno) {
        guard let raw = unsafe nlmsg_alloc_simple(Int32(type), NLM_F_REQUEST | flags) else {
            throw .ENOMEM
        }
        unsafe self.raw = raw
    }

    deinit { unsafe nlmsg_free(raw) }

    /// Appends the fixed header of the request.
    borrowing func begin<Header: BitwiseCopyable>(_ header: Header) throws(Errno) {
        var header = header
        try requireSuccess(
            unsafe nlmsg_append(raw, &header, MemoryLayout<Header>.size, Int32(NLMSG_ALIGNTO)))
    }

    borrowing func put(_ attribute: Int, _ bytes: [UInt8]) throws(Errno) {
        try requireSuccess(
            unsafe bytes.withUnsafeBytes {
                unsafe nla_put(raw, Int32(attribute), Int32($0.count), $0.baseAddress)
            })
    }

    borrowing func put(_ attribute: Int, _ number: some FixedWidthInteger & BitwiseCopyable)
        throws(Errno)
    {
        var number = number
        try requireSuccess(
            unsafe nla_put(
                raw, Int32(attribute), Int32(MemoryLayout.size(ofValue: number)), &number))
    }

    /// Appends a structure of the kernel.
    borrowing func put(_ attribute: Int, structure: some BitwiseCopyable) throws(Errno) {
        var structure = structure
        try requireSuccess(
            unsafe nla_put(
                raw, Int32(attribute), Int32(MemoryLayout.size(ofValue: structure)), &structure))
    }

    /// Appends a string with its terminating zero.
    borrowing func put(_ attribute: Int, text: [UInt8]) throws(Errno) {
        try put(attribute, text + [0])
    }

    borrowing func nest(_ attribute: Int, _ body: () throws(Errno) -> Void) throws(Errno) {
        guard let start = unsafe nla_nest_start(raw, Int32(attribute)) else { throw .ENOMEM }
        try body()
        try requireSuccess(unsafe nla_nest_end(raw, start))
    }

    /// The message as it is sent, with this sequence number.
    borrowing func bytes(numbered number: UInt32) throws(Errno) -> [UInt8] {
        guard let header = unsafe nlmsg_hdr(raw) else { throw .ENOMEM }
        unsafe header.pointee.nlmsg_seq = number
        let length = unsafe Int(header.pointee.nlmsg_len)
        return unsafe Array(UnsafeRawBufferPointer(start: header, count: length))
    }

    private func requireSuccess(_ code: Int32) throws(Errno) {
        guard code >= 0 else { throw .ENOMEM }
    }
}
