internal import HostPaths
internal import Linux
internal import Netlink
internal import Usernet

/// `berth-nic create`: creates a NIC (a veth pair) for the caller's container, within the caller's
/// quota.
struct Create: ~Copyable {
    let request: Request.Creation
    let session: HelperSession
    /// The container's.
    let namespace: NetworkNamespace
    let container: OwnedContainer
    let source: AddressSource
    let audit: AuditLog

    /// Prints the names and indexes of both ends. If printing fails, deletes the NIC, because
    /// lxc-start does not know that it exists.
    static func run(
        _ request: Request.Creation, with privilege: consuming RootPrivilege,
        _ log: SyslogConnection, _ counters: inout SharedCounters?
    ) throws(Refusal) {
        let policy = try HelperSession.policy(privilege)
        let source = AddressSource.load(privilege)
        let session = try HelperSession.begin(
            on: request.bridge, with: privilege, &counters)
        var caller = try lookup { () throws(Errno) in try OwnerMatcher(session.caller) }
        let lines = try session.lines(of: &caller, from: policy)
        let namespace = try session.namespace(.process(request.process))
        try session.withOpenVSwitch { bridge, root throws(Refusal) in
            try bridge.confirmExists(as: root)
        }
        let container = OwnedContainer(
            owner: session.caller.user, user: caller.nameOrDigits, name: request.container.name)
        let audit = AuditLog(
            log, user: session.caller.user, userName: caller.description, request.container,
            request.bridge)
        try Create(
            request: request, session: session, namespace: namespace, container: container,
            source: source, audit: audit
        ).run(lines, for: caller)
    }

    private borrowing func run(
        _ lines: [CallerLines.Line], for caller: OwnerMatcher
    ) throws(Refusal) {
        let made = try make(lines, for: caller)
        do throws(Refusal) {
            let interface = try configureHostEnd(made)
            let host = interface.index
            let container = try containerEnd(interface)
            do throws(Errno) {
                try OutputLine.result(
                    "\(container.name):\(container.index.number):\(made.pair.host):\(host.number)")
            } catch { throw .answerLost(error) }
        } catch {
            deleteNICAndRow(made)
            throw error
        }
    }

    borrowing func interface(_ made: CreatedNIC) throws(Refusal) -> Interface {
        let found = try netlink { () throws(NetlinkError) in
            try session.kernel.interface(named: made.pair.host)
        }
        guard let found else { throw .vanished(made.pair.host.description) }
        return found
    }

    /// The container's end, with the name that the kernel chose if the request has none.
    private borrowing func containerEnd(
        _ host: Interface
    ) throws(Refusal) -> (name: InterfaceName, index: InterfaceIndex) {
        guard let index = host.peer, let namespace = host.peerNamespace else {
            throw .vanished(host.description)
        }
        if let name = request.containerName { return (name, index) }
        let found = try netlink { () throws(NetlinkError) in
            try session.kernel.interface(at: index, in: namespace)
        }
        guard let name = found?.name else { throw .vanished(host.description) }
        return (name, index)
    }

    /// Rollback: deletes the NIC (RTM_DELLINK) and its row as far as possible. The next run removes
    /// a row that remains, and a port of Open vSwitch with it.
    private borrowing func deleteNICAndRow(_ made: CreatedNIC) {
        guard deleteNIC(made) else { return }
        try? session.locked { ledgerFile throws(Refusal) in
            var ledger = try session.read(ledgerFile)
            if try !session.exists(made.pair.host) {
                try session.apply(ledger.remove(made.row), to: ledgerFile)
            }
        }
    }

    /// - Returns: whether Open vSwitch no longer has the port.
    @discardableResult
    borrowing func deleteNIC(_ made: CreatedNIC) -> Bool {
        var isPortGone = true
        do throws(Refusal) {
            try session.withOpenVSwitch { bridge, root throws(Refusal) in
                try bridge.remove([made.pair.host], as: root)
            }
        } catch { isPortGone = false }
        if let host = try? session.interface(made.pair.host, withPeerIn: namespace) {
            try? session.kernel.delete(made.pair.host, at: host.index)
        }
        return isPortGone
    }
}

extension HelperSession {
    fileprivate static func policy(_ privilege: borrowing RootPrivilege) throws(Refusal)
        -> TrustedFile
    {
        do {
            return try TrustedFile.open(Paths.usernetName, in: Paths.lxcConfiguration)
        } catch { throw .policy(error) }
    }

    /// The caller's lines for the bridge, in the order of the file.
    fileprivate borrowing func lines(
        of caller: inout OwnerMatcher, from policy: borrowing TrustedFile
    ) throws(Refusal) -> [CallerLines.Line] {
        let usernet: UsernetFile
        do {
            usernet = try UsernetFile(reading: policy, for: bridgeName, of: caller)
        } catch { throw .policy(error) }
        let own: CallerLines
        do throws(Errno) {
            own = try usernet.lines(for: bridgeName, of: &caller)
        } catch { throw .accountsUnavailable(error) }
        guard !own.lines.isEmpty else {
            throw .noLine(
                user: caller.description, bridge: bridgeName.description,
                reason: own.reasonForNone)
        }
        return own.lines
    }
}

extension CallerLines {
    /// Why a line that seems to apply to the caller grants no NIC; empty if there is no such line.
    fileprivate var reasonForNone: String {
        if let invalid = invalidLines.first {
            return "line \(invalid.line) is ignored: \(invalid.error.description)"
        }
        return excluding?.description ?? ""
    }
}
