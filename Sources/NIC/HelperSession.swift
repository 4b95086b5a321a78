// The privileges of berth-nic, from start to exit.
//
// 1. Before any library runs, the environment is emptied (CSecureStart).
// 2. As root, the process resets descriptors, signals, umask, working directory and limits
//    (ProcessSanitizer), and enters its AppArmor profile if exec did not. It reads
//    /etc/nsswitch.conf, /etc/passwd and /etc/group; if they are not sufficient, it executes the
//    program with NSS, which begins again with step 1 (NSSProgram). It connects to /dev/log, and
//    opens /etc/lxc/lxc-usernet, /run/lxc/nics with its lock, and a netlink socket. It reads
//    /etc/lxc/berth.key, which it creates if it is missing, and /run/lxc/berth-reserved, and
//    queries the type of the bridge. The caller controls only the arguments, and none of them names
//    a file that is opened here.
// 3. Then the process irrevocably becomes the caller (setresuid(2)), with CAP_NET_ADMIN and no
//    other capability (capset(2)). With NSS, it looks up users and groups only now. It opens the
//    container's namespace, verifies that the caller owns it, checks the quota, and creates the
//    NIC. With ipfilter, it adds the hardware address of the NIC to the nftables table of
//    berth-net. It cannot open files that the caller cannot open. /run/lxc/nics.lock, which also
//    holds the counters of refusals, stays open until the end. CAP_NET_ADMIN would let it change
//    any network namespace for which it has a descriptor, so NetworkNamespace.open verifies the
//    owner of a namespace (NS_GET_OWNER_UID) before anything is changed.
// 4. ovs-vsctl works for root only. Root stays the saved user ID in step 3 only if step 2 found
//    that the bridge may be an Open vSwitch bridge. The process becomes root for each run of
//    ovs-vsctl, which it runs by absolute path, with validated names, no environment and no input.
//    ovs-vsctl inherits a lock on /run/lxc/nics.lock: see beginAdding.

internal import HostPaths
internal import Linux
internal import Netlink
internal import Usernet

/// What berth-nic holds after it has dropped its privileges.
struct HelperSession: ~Copyable {
    /// How long to wait for the lock of the ledger, in seconds.
    static let lockTimeout: Int32 = 10
    /// The maximum time to hold it, in seconds: longer than two runs of ovs-vsctl may take.
    static let lockLimit: Int32 = 5

    let caller: Credentials
    let kernel: RouteSocket
    let bridge: Bridge
    let bridgeName: UsernetBridge
    let ledgerFile: LockedFile
    private let root: SavedRoot?

    /// The rest of step 2, and step 3, for a request about this bridge.
    /// - Parameter counters: those of refusals, as soon as they are open.
    static func begin(
        on bridgeName: UsernetBridge, with privilege: consuming RootPrivilege,
        _ counters: inout SharedCounters?
    ) throws(Refusal) -> HelperSession {
        // In another network namespace, no NIC of the ledger exists, and all rows would be removed
        // as stale.
        guard (try? NetworkNamespace.isHosts(privilege)) == true else { throw .notOnTheHost }
        let ledgerFile: LockedFile
        do throws(LockedFile.AccessError) {
            ledgerFile = try LockedFile.open(
                Paths.ledgerName, in: Paths.lxcRuntime, with: privilege)
        } catch { throw .ledger(error) }
        counters = ledgerFile.counters
        let kernel = try netlink { () throws(NetlinkError) in try RouteSocket.connect() }
        let bridge = try Bridge.find(bridgeName, kernel)
        let caller = privilege.caller
        let root: SavedRoot?
        do throws(Errno) {
            if bridge.isOpenVSwitch {
                root = try privilege.dropToNetAdminAndSavedRoot()
            } else {
                try privilege.irrevocablyBecomeCaller()
                root = nil
            }
        } catch { throw .privileges(error) }
        return HelperSession(
            caller: caller, kernel: kernel, bridge: bridge, bridgeName: bridgeName,
            ledgerFile: ledgerFile,
            root: root)
    }

    borrowing func namespace(
        _ path: NetworkNamespace.ProcPath
    ) throws(Refusal) -> NetworkNamespace {
        do { return try NetworkNamespace.open(path, ownedBy: caller) } catch {
            throw .namespaceNotYours
        }
    }

    borrowing func exists(_ name: InterfaceName) throws(Refusal) -> Bool {
        try interface(named: name) != nil
    }

    borrowing func interface(named name: InterfaceName) throws(Refusal) -> Interface? {
        try netlink { () throws(NetlinkError) in try kernel.interface(named: name) }
    }

    /// The veth of that name, if its other end is in the namespace.
    borrowing func interface(
        _ name: InterfaceName, withPeerIn namespace: borrowing NetworkNamespace
    ) throws(Refusal) -> Interface? {
        let found: (interface: Interface?, id: NamespaceID?)
        do throws(NetlinkError) {
            found = (try kernel.interface(named: name), try kernel.id(of: namespace))
        } catch { throw .kernel(error) }
        guard let interface = found.interface, interface.kind == .veth, let id = found.id,
            interface.peerNamespace == id
        else { return nil }
        return interface
    }

    /// Runs the body if the bridge may be an Open vSwitch bridge.
    borrowing func withOpenVSwitch(
        _ body: (OpenVSwitch, borrowing SavedRoot) throws(Refusal) -> Void
    ) throws(Refusal) {
        guard case .openVSwitch(let name, _) = bridge else { return }
        switch root {
        case .some(let root): try body(OpenVSwitch(bridge: name), root)
        case .none: return
        }
    }

    /// Reads the ledger. Unless this process holds the lock, other processes may change it at any
    /// time.
    borrowing func read(_ ledgerFile: borrowing LockedFile) throws(Refusal) -> Ledger {
        do throws(Errno) { return Ledger(try ledgerFile.contents()) } catch {
            throw .ledger(.failed(operation: "read \(ledgerFile.path)", error))
        }
    }

    /// Removes the rows of this bridge whose NIC no longer exists, from the ledger and from its
    /// file.
    /// - Parameter owners: only rows of these owners; `nil` for all.
    /// - Parameter limit: the search stops after this many NICs that exist.
    /// - Parameter ledgerFile: the file, with the lock held.
    /// - Parameter inspect: gets each NIC that exists.
    @discardableResult
    borrowing func removeStaleRows(
        _ ledger: inout Ledger, of owners: [Owner]? = nil, stoppingAfter limit: Int = .max,
        in ledgerFile: borrowing LockedFile,
        _ inspect: (Interface) throws(Refusal) -> Void = { _ in }
    ) throws(Refusal) -> [Ledger.Row] {
        let (gone, changes) = try ledger.removeStaleRows(on: bridgeName, stoppingAfter: limit) {
            row throws(Refusal) in
            if let owners, !owners.contains(row.owner) { return true }
            guard let nic = try interface(named: row.nic) else {
                return try isBeingAdded(row.nic, ledgerFile)
            }
            try inspect(nic)
            return true
        }
        // Remove the ports first: if that fails, the row remains, and the next run tries again.
        try withOpenVSwitch { bridge, root throws(Refusal) in
            try bridge.remove(gone.map { $0.nic }, as: root)
        }
        try apply(changes, to: ledgerFile)
        return gone
    }

    /// Whether another process may still add a port of that name to the Open vSwitch bridge. Until
    /// it has ended, the row must remain, or else nothing would ever remove the port: a user who
    /// delays ovs-vsctl, by a frozen cgroup, could add any number of ports.
    borrowing func isBeingAdded(
        _ nic: InterfaceName, _ ledgerFile: borrowing LockedFile
    ) throws(Refusal) -> Bool {
        guard bridge.isOpenVSwitch else { return false }
        do throws(Errno) { return try ledgerFile.othersWork(on: nic.bytes) } catch {
            throw .ledger(.failed(operation: "query the locks of \(ledgerFile.path).lock", error))
        }
    }

    /// Declares that this process may add a port of that name to the Open vSwitch bridge, itself or
    /// through an ovs-vsctl that outlives it.
    /// - Returns: `false` if another process may.
    borrowing func beginAdding(
        _ nic: InterfaceName, _ ledgerFile: borrowing LockedFile
    ) throws(Refusal) -> Bool {
        guard bridge.isOpenVSwitch else { return true }
        do throws(Errno) { return try ledgerFile.startWork(on: nic.bytes) } catch {
            throw .ledger(.failed(operation: "lock \(ledgerFile.path).lock", error))
        }
    }

    borrowing func apply(
        _ changes: [Ledger.Change], to ledgerFile: borrowing LockedFile
    ) throws(Refusal) {
        do throws(Errno) {
            for change in changes {
                switch change {
                case .write(let bytes, let offset): try ledgerFile.write(bytes, at: offset)
                case .truncate(let length): try ledgerFile.truncate(to: length)
                }
            }
        } catch {
            throw .ledger(.failed(operation: "write \(ledgerFile.path)", error))
        }
    }

    /// Runs the body while this process holds the lock of the ledger.
    borrowing func locked<Result>(
        _ body: (borrowing LockedFile) throws(Refusal) -> Result
    ) throws(Refusal) -> Result {
        try ledgerFile.locked(
            within: Self.lockTimeout, holdingAtMost: Self.lockLimit, orThrow: { .ledger($0) }, body)
    }
}
