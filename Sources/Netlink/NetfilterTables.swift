internal import CNetlink
internal import Linux

/// The tables of nftables, which iptables-nft uses, too.
package enum NetfilterTables {
    /// Whether there is a table of any family in this network namespace (NFT_MSG_GETTABLE).
    /// - Throws: if the kernel does not support nftables, or the caller is not root.
    package static func exist() throws(NetlinkError) -> Bool {
        let socket = try RouteSocket.connect(to: NETLINK_NETFILTER)
        let kind = Int(NFNL_SUBSYS_NFTABLES) << 8 | Int(NFT_MSG_GETTABLE.rawValue)
        let tables = try socket.list("list the tables of nftables", kind, nfgenmsg()) {
            (_: nfgenmsg, _) in true
        }
        return !tables.isEmpty
    }
}
