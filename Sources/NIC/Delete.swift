internal import Linux
internal import Netlink
internal import Usernet

/// `berth-nic delete`: one NIC less. lxc-start asks for it where a bridge of Open vSwitch's would
/// keep the port of a NIC that is gone.
struct Delete {
    /// What may be deleted is one row: equal in owner, type, bridge and name, with its other end in
    /// a namespace that the caller rules. A NIC that went by itself in the meantime is no failure.
    static func run(
        _ request: Request.Deletion, with power: consuming RootPrivilege
    ) throws(Refusal) {
        let session = try Session.begin(on: request.bridge, with: power)
        var person = try known { () throws(Errno) in try OwnerMatcher(session.caller) }
        let namespace = try session.namespace(request.namespace)
        let row = try session.row(request, of: &person)
        try session.withDaemon { bridge, root throws(Refusal) in
            try bridge.confirmExists(as: root)
        }
        try session.locked { record throws(Refusal) in
            var ledger = try session.read(record)
            let gone = try session.cull(&ledger, in: record)
            if gone.contains(row) { return }
            guard ledger.rows.contains(row),
                let link = try session.link(request.nic, reachingInto: namespace)
            else { throw request.notFound }
            try session.withDaemon { bridge, root throws(Refusal) in
                try bridge.remove([request.nic], as: root)
            }
            try asked { () throws(NetlinkError) in try session.kernel.delete(link) }
            try session.apply(ledger.remove(row), to: record)
        }
    }
}

extension Request.Deletion {
    /// The same for a NIC that is not there and for somebody else's.
    fileprivate var notFound: Refusal {
        .noSuchNIC(nic: nic.description, bridge: bridge.description)
    }
}

extension Session {
    /// The row of the NIC, if it is this person's. Looked up before the ledger is locked: a
    /// directory of groups may be slow, and others wait. Inside the lock the same row must still be
    /// there.
    fileprivate borrowing func row(
        _ request: Request.Deletion, of person: inout OwnerMatcher
    ) throws(Refusal) -> Ledger.Row {
        for row in try read(record).rows
        where row.nic == request.nic && row.bridge == request.bridge {
            let isTheirs = try known { () throws(Errno) in try person.isOwner(row.owner) }
            if isTheirs { return row }
        }
        throw request.notFound
    }
}
