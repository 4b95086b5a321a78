// The privileges of berth-nic, from beginning to end.
//
// 1. Before any library: the environment is emptied (CSecureStart, from .preinit_array).
// 2. As root, with nothing of the caller's but his arguments, which name nothing that is opened
//    here: descriptors, signals, umask, working directory and limits are made this program's own
//    (ProcessSanitizer), AppArmor's profile is taken up where that did not come with the exec; then /etc/lxc/lxc-usernet, /run/lxc/nics and a netlink socket are opened, all
//    three fixed names, and the kernel is asked what kind of interface the bridge is.
// 3. From then on the process is the caller, with CAP_NET_ADMIN and nothing else, and cannot become
//    root again: users and groups are looked up, the container's namespace is opened and proven to
//    be the caller's, the quota is counted, the NIC is made. What the caller could not open, this
//    process cannot open for him.
//    CAP_NET_ADMIN would let it act on any namespace it holds, so holding one is what needs the
//    proof (NetworkNamespace.open), and it comes before the first change for the caller.
// 4. Open vSwitch's own tool works for root only. If, and only if, step 2 found that the bridge may
//    be one of Open vSwitch's, root is kept aside in step 3 (as the saved user ID) and taken out
//    for each run of that tool: an absolute path, two validated names, no environment, no input.

internal import HostPaths
internal import Linux
internal import Netlink
internal import Usernet

/// What berth-nic has in hand once its privileges are down.
struct Session: ~Copyable {
    /// How long to wait for the ledger while others change it, in seconds.
    static let patience: Int32 = 10

    let caller: Credentials
    let kernel: RouteSocket
    let bridge: Bridge
    let bridgeName: UsernetBridge
    let record: LockedFile
    private let root: SavedRoot?

    /// Steps 2 and 3 for a request that is about this bridge.
    static func begin(
        on bridgeName: UsernetBridge, with power: consuming RootPrivilege
    ) throws(Refusal) -> Session {
        // In another network namespace none of the ledger's NICs is to be seen, and all would be
        // gone.
        guard (try? NetworkNamespace.isHostsOwn(power)) == true else { throw .notOnTheHost }
        let record: LockedFile
        do throws(LockedFile.AccessError) {
            record = try LockedFile.open(Paths.ledgerName, in: Paths.lxcRuntime, with: power)
        } catch { throw .ledger(error) }
        let kernel = try asked { () throws(NetlinkError) in try RouteSocket.connect() }
        let bridge = try Bridge.find(bridgeName, kernel)
        let caller = power.caller
        let root: SavedRoot?
        do throws(Errno) {
            if bridge.needsDaemon {
                root = try power.dropToNetAdminAndSavedRoot()
            } else {
                try power.irrevocablyBecomeCaller()
                root = nil
            }
        } catch { throw .privileges(error) }
        return Session(
            caller: caller, kernel: kernel, bridge: bridge, bridgeName: bridgeName, record: record,
            root: root)
    }

    borrowing func namespace(
        _ place: NetworkNamespace.Place
    ) throws(Refusal) -> NetworkNamespace {
        do { return try NetworkNamespace.open(place, ruledBy: caller) } catch {
            throw .namespaceNotYours
        }
    }

    borrowing func exists(_ name: InterfaceName) throws(Refusal) -> Bool {
        try asked { () throws(NetlinkError) in try kernel.exists(name) }
    }

    /// The veth of that name, if its other end is in the namespace.
    borrowing func link(
        _ name: InterfaceName, reachingInto namespace: borrowing NetworkNamespace
    ) throws(Refusal) -> Link? {
        let found: (link: Link?, number: NamespaceID?)
        do throws(NetlinkError) {
            found = (try kernel.link(named: name), try kernel.number(of: namespace))
        } catch { throw .kernel(error) }
        guard let link = found.link, link.kind == .veth, let number = found.number,
            link.peerNamespace == number
        else { return nil }
        return link
    }

    /// Runs the body with the bridge's daemon, where it has one.
    borrowing func withDaemon(
        _ body: (OpenVSwitch, borrowing SavedRoot) throws(Refusal) -> Void
    ) throws(Refusal) {
        guard case .openVSwitch(let link) = bridge else { return }
        switch root {
        case .some(let root): try body(OpenVSwitch(link), root)
        case .none: return
        }
    }

    /// The rows of the moment; without the lock the next moment's may be others.
    borrowing func read(_ record: borrowing LockedFile) throws(Refusal) -> Ledger {
        do throws(Errno) { return Ledger(try record.contents()) } catch {
            throw .ledger(.refused(operation: "read \(record.path)", error))
        }
    }

    /// Takes away rows of this bridge whose NIC is gone, in the file as well.
    /// - Parameter owners: whose rows; anybody's if absent.
    /// - Parameter limit: after how many NICs that are there to look no further, from the first row on.
    /// - Parameter record: locked.
    /// - Returns: those rows.
    @discardableResult
    borrowing func cull(
        _ ledger: inout Ledger, of owners: [Owner]? = nil, untilMeeting limit: Int = .max,
        in record: borrowing LockedFile
    ) throws(Refusal) -> [Ledger.Row] {
        let (gone, changes) = try ledger.cull(on: bridgeName, untilMeeting: limit) {
            row throws(Refusal) in
            if let owners, !owners.contains(row.owner) { return true }
            return try exists(row.nic)
        }
        // First the ports: a row that is still there is how the next run knows of them.
        try withDaemon { bridge, root throws(Refusal) in
            try bridge.remove(gone.map { $0.nic }, as: root)
        }
        try apply(changes, to: record)
        return gone
    }

    borrowing func apply(
        _ changes: [Ledger.Change], to record: borrowing LockedFile
    ) throws(Refusal) {
        do throws(Errno) {
            for change in changes {
                switch change {
                case .write(let bytes, let offset): try record.write(bytes, at: offset)
                case .cut(let length): try record.cut(to: length)
                }
            }
        } catch {
            throw .ledger(.refused(operation: "write \(record.path)", error))
        }
    }

    /// Runs the body while the ledger is ours alone.
    borrowing func locked<Result>(
        _ body: (borrowing LockedFile) throws(Refusal) -> Result
    ) throws(Refusal) -> Result {
        try record.locked(atMost: Self.patience, orThrow: { .ledger($0) }, body)
    }
}
