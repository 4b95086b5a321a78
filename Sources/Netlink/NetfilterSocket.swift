internal import CNetlink
internal import Linux

/// An element of a set of nftables.
package struct SetElement: Equatable, Sendable {
    package let set: [UInt8]
    /// The key. A set of concatenated types has more than one part.
    package let parts: [[UInt8]]

    package init(set: [UInt8], parts: [[UInt8]]) {
        self.set = set
        self.parts = parts
    }

    /// The key as the kernel stores it. Parts of a concatenation fill registers of four bytes.
    var key: [UInt8] {
        guard parts.count > 1 else { return parts.first ?? [] }
        return parts.flatMap { $0 + [UInt8](repeating: 0, count: (4 - $0.count % 4) % 4) }
    }
}

/// A netlink socket for nftables (NETLINK_NETFILTER). Public for the same reason as
/// `Linux.Descriptor`.
public struct NetfilterSocket: ~Copyable {
    private let socket: NetlinkSocket

    package static func connect() throws(NetlinkError) -> NetfilterSocket {
        do throws(Errno) {
            return NetfilterSocket(
                socket: try NetlinkSocket.open(NETLINK_NETFILTER, bufferSize: 16 << 10))
        } catch {
            throw NetlinkError("open a netfilter socket", error)
        }
    }

    /// Adds elements to sets of a table of family `bridge`, all or none of them (NFT_MSG_NEWSETELEM
    /// in a batch). Elements that exist already stay.
    /// - Throws: ``Errno/ENOENT`` if the table or one of the sets does not exist.
    package borrowing func add(
        _ elements: [SetElement], toBridgeTable table: String
    ) throws(NetlinkError) {
        let operation = "add the NIC to the nftables table bridge \(table)"
        let last = UInt32(elements.count + 1)
        do throws(Errno) {
            var batch: [UInt8] = []
            try append(NFNL_MSG_BATCH_BEGIN, 0, 1, to: &batch) { message throws(Errno) in
                try message.begin(header(UInt8(AF_UNSPEC), UInt16(NFNL_SUBSYS_NFTABLES)))
            }
            for (position, element) in elements.enumerated() {
                let number = UInt32(position + 2)
                let kind = Int32(NFNL_SUBSYS_NFTABLES) << 8 | Int32(NFT_MSG_NEWSETELEM.rawValue)
                let flags = NLM_F_CREATE | (number == last ? NLM_F_ACK : 0)
                try append(kind, flags, number, to: &batch) { message throws(Errno) in
                    try message.begin(header(UInt8(PF_BRIDGE), 0))
                    try message.put(element, table: table)
                }
            }
            try append(NFNL_MSG_BATCH_END, 0, last + 1, to: &batch) { message throws(Errno) in
                try message.begin(header(UInt8(AF_UNSPEC), UInt16(NFNL_SUBSYS_NFTABLES)))
            }
            try socket.send(batch)
            try awaitAcknowledgement(of: last)
        } catch {
            throw NetlinkError(operation, error)
        }
    }

    /// The kernel reports each message that failed, or a failure of the whole batch, and
    /// then acknowledges the last message, even if others failed.
    private borrowing func awaitAcknowledgement(of last: UInt32) throws(Errno) {
        while true {
            for message in try socket.receive() where message.type == NLMSG_ERROR {
                if let failure = try message.failure() { throw failure }
                if message.sequence == last { return }
            }
        }
    }
}

private func header(_ family: UInt8, _ subsystem: UInt16) -> nfgenmsg {
    var header = nfgenmsg()
    header.nfgen_family = family
    header.version = UInt8(NFNETLINK_V0)
    header.res_id = subsystem.bigEndian
    return header
}

/// Appends a message to a batch, which must be sent as one datagram.
private func append(
    _ kind: Int32, _ flags: Int32, _ number: UInt32, to batch: inout [UInt8],
    _ build: (borrowing Message) throws(Errno) -> Void
) throws(Errno) {
    let message = try Message(Int(kind), flags)
    try build(message)
    let bytes = try message.bytes(numbered: number)
    batch += bytes + [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4)
}

extension Message {
    fileprivate borrowing func put(_ element: SetElement, table: String) throws(Errno) {
        try put(Int(NFTA_SET_ELEM_LIST_TABLE.rawValue), text: Array(table.utf8))
        try put(Int(NFTA_SET_ELEM_LIST_SET.rawValue), text: element.set)
        try nest(Int(NFTA_SET_ELEM_LIST_ELEMENTS.rawValue)) { () throws(Errno) in
            try nest(Int(NFTA_LIST_ELEM.rawValue)) { () throws(Errno) in
                try nest(Int(NFTA_SET_ELEM_KEY.rawValue)) { () throws(Errno) in
                    try put(Int(NFTA_DATA_VALUE.rawValue), element.key)
                }
            }
        }
    }
}
