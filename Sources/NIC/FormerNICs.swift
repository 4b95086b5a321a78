internal import Linux
internal import Netlink

/// What this process has found out about network namespaces of other NICs of the same container.
///
/// lxc-stop returns before the kernel has removed the namespace of a container, and its NICs with
/// it. If the container starts again before that, its former NIC must not count as one of a second
/// container with the same name.
struct NamespaceFindings {
    /// Namespaces with processes: another container of the same owner and name may be running.
    private(set) var inUse: [NamespaceID] = []
    /// Namespaces in which no process was found.
    private var unused: [NamespaceID] = []
    /// How many searches remain after the wait. The caller can move a NIC into new namespaces
    /// repeatedly.
    private var searchesAfterWait = 2
    private let end: Int

    /// - Parameter milliseconds: how long to wait for namespaces without processes.
    init(waitingAtMost milliseconds: Int) { end = monotonicMilliseconds() + milliseconds }

    /// Whether the wait is over. A namespace without processes that still exists is then held open
    /// by something else, such as the monitor of LXC while it runs a post-stop hook.
    var isOver: Bool { monotonicMilliseconds() >= end }

    /// Whether a process that this process can see is in the namespace. A search finds the
    /// namespaces of all processes, and is repeated only for a namespace that no search has looked
    /// for, and when the wait is over.
    mutating func hasProcesses(
        in namespace: NamespaceID, _ kernel: borrowing RouteSocket
    ) -> Bool {
        if unused.contains(namespace), !isOver { return false }
        if isOver { searchesAfterWait -= 1 }
        // Without a search, assume the worst.
        guard searchesAfterWait >= 0, let found = kernel.namespacesOfProcesses() else {
            inUse.append(namespace)
            return true
        }
        inUse = found
        if found.contains(namespace) { return true }
        unused.append(namespace)
        return false
    }
}

/// A NIC with the name of the starting container that is, or may be, left over from the container's
/// previous run.
struct FormerNIC {
    let nic: Interface
    /// Its namespace if that still exists; `nil` if its container has ended.
    let namespace: NamespaceID?
}

/// Whether a NIC with the name of the starting container counts as one of its present NICs.
enum NICStanding {
    case held
    case former(FormerNIC)
}

extension Create {
    /// - Parameter nic: a NIC of this container.
    borrowing func standing(
        of nic: Interface, _ findings: NamespaceFindings
    ) throws(Refusal) -> NICStanding {
        guard let space = nic.peerNamespace else {
            return nic.hasLostPeerNamespace ? .former(FormerNIC(nic: nic, namespace: nil)) : .held
        }
        if findings.inUse.contains(space) { return .held }
        let isOwn = try netlink { () throws(NetlinkError) in
            try session.kernel.id(of: namespace) == space
        }
        return isOwn ? .held : .former(FormerNIC(nic: nic, namespace: space))
    }

    /// Records a NIC of this container.
    borrowing func note(
        _ nic: Interface, _ findings: NamespaceFindings, in known: inout KnownNICs
    ) throws(Refusal) {
        guard let number = container.number(of: nic) else { return }
        switch try standing(of: nic, findings) {
        case .held: known.numbers.append(number)
        case .former(let former): known.former = former
        }
    }

    /// Finds out whether the container of the NIC has ended, and then deletes the NIC; otherwise
    /// waits for a moment. The caller must not hold the lock of the ledger: the kernel may take
    /// seconds to delete an interface while it removes others.
    borrowing func settle(
        _ former: FormerNIC, _ findings: inout NamespaceFindings
    ) throws(Refusal) {
        if let space = former.namespace {
            let isAlive = try netlink { () throws(NetlinkError) in
                try session.kernel.isAlive(space)
            }
            if isAlive, findings.hasProcesses(in: space, session.kernel) { return }
            if isAlive, !findings.isOver {
                pause(milliseconds: 10)
                return
            }
        }
        try delete(former.nic)
    }

    /// Deletes a NIC of this container (RTM_DELLINK), unless the kernel has done so already.
    private borrowing func delete(_ nic: Interface) throws(Refusal) {
        guard let name = nic.name else { return }
        audit.deletes(name)
        do { try session.kernel.delete(name, at: nic.index) } catch
            where error.errno == .ENODEV
        {} catch { throw .kernel(error) }
    }
}

extension RouteSocket {
    /// The namespaces of all processes that this process can see; `nil` if /proc cannot be read.
    fileprivate borrowing func namespacesOfProcesses() -> [NamespaceID]? {
        guard let names = try? SmallFile.names(in: "/proc") else { return nil }
        var found: [NamespaceID] = []
        for name in names {
            guard let process = ProcessID(digits: Array(name.utf8)),
                let namespace = (try? id(ofNamespaceOf: process)) ?? nil,
                !found.contains(namespace)
            else { continue }
            found.append(namespace)
        }
        return found
    }
}
