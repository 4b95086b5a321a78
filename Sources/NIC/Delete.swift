internal import Linux
internal import Netlink
internal import Usernet

/// `berth-nic delete`: deletes a NIC. lxc-start runs it for Open vSwitch bridges, which would
/// otherwise keep the port of a NIC that no longer exists.
struct Delete {
    /// Requires a row with the caller as owner and the request's bridge and name, and a peer in a
    /// namespace that the caller owns. It is not an error if the NIC has just been removed with its
    /// container.
    static func run(
        _ request: Request.Deletion, with privilege: consuming RootPrivilege,
        _ log: SyslogConnection, _ counters: inout SharedCounters?
    ) throws(Refusal) {
        let session = try HelperSession.begin(
            on: request.bridge, with: privilege, &counters)
        var caller = try lookup { () throws(Errno) in try OwnerMatcher(session.caller) }
        let namespace = try session.namespace(request.namespace)
        let row = try session.row(request, of: &caller)
        let audit = AuditLog(
            log, user: session.caller.user, userName: caller.description, request.container,
            request.bridge)
        try session.withOpenVSwitch { bridge, root throws(Refusal) in
            try bridge.confirmExists(as: root)
        }
        try session.locked { ledgerFile throws(Refusal) in
            var ledger = try session.read(ledgerFile)
            let gone = try session.removeStaleRows(&ledger, in: ledgerFile)
            if gone.contains(row) { return }
            guard ledger.rows.contains(row),
                let interface = try session.interface(request.nic, withPeerIn: namespace)
            else { throw request.notFound }
            // Before the port is removed: an ovs-vsctl that ends in between may have added it.
            let isBeingAdded = try session.isBeingAdded(request.nic, ledgerFile)
            audit.deletes(request.nic)
            try session.withOpenVSwitch { bridge, root throws(Refusal) in
                try bridge.remove([request.nic], as: root)
            }
            try netlink { () throws(NetlinkError) in
                try session.kernel.delete(request.nic, at: interface.index)
            }
            guard !isBeingAdded else { return }
            try session.apply(ledger.remove(row), to: ledgerFile)
        }
    }
}

extension Request.Deletion {
    /// The same error for a missing NIC and for one of another user, so that it reveals nothing
    /// about other users.
    fileprivate var notFound: Refusal {
        .noSuchNIC(nic: nic.description, bridge: bridge.description)
    }
}

extension HelperSession {
    /// The caller's row for the NIC. Find it before locking the ledger, because looking up the
    /// owner may take long if accounts are on a directory server. With the lock held, check that
    /// the row still exists.
    fileprivate borrowing func row(
        _ request: Request.Deletion, of caller: inout OwnerMatcher
    ) throws(Refusal) -> Ledger.Row {
        for row in try read(ledgerFile).rows
        where row.nic == request.nic && row.bridge == request.bridge {
            let isOwn = try lookup { () throws(Errno) in try caller.isOwner(row.owner) }
            if isOwn { return row }
        }
        throw request.notFound
    }
}
