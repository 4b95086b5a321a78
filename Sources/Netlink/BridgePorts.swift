internal import CNetlink
internal import Linux

extension RouteSocket {
    /// The port of a bridge whose own hardware address is this one: the bridge's forwarding table
    /// (FDB, RTM_GETNEIGH) has a permanent entry for it, so the time does not depend on the number
    /// of ports.
    /// - Returns: `nil` if no port has the address. Entries that the bridge learned from frames do
    ///   not count.
    package borrowing func port(
        of bridge: InterfaceIndex, withAddress address: MACAddress
    ) throws(NetlinkError) -> InterfaceIndex? {
        let operation = "look up a hardware address on the bridge"
        do throws(NetlinkError) {
            let reply = try query(operation, RTM_GETNEIGH) { message throws(Errno) in
                var header = ndmsg()
                header.ndm_family = UInt8(PF_BRIDGE)
                try message.begin(header)
                try message.put(Int(NDA_LLADDR), address.bytes)
                try message.put(Int(NDA_MASTER), bridge.number)
            }
            let entry: ndmsg
            do throws(Errno) { entry = try reply.payload(as: ndmsg.self) } catch {
                throw NetlinkError(operation, error)
            }
            let isOwn = entry.ndm_state & UInt16(NUD_PERMANENT) != 0
            // A bridge without a fixed address takes that of a port, and keeps it for a moment.
            let isPorts = isOwn && entry.ndm_ifindex != bridge.number
            return isPorts ? InterfaceIndex(entry.ndm_ifindex) : nil
        } catch  where error.errno == .ENOENT {
            return nil
        }
    }
}
