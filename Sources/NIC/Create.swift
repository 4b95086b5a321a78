internal import HostPaths
internal import Linux
internal import Netlink
internal import Usernet

/// `berth-nic create`: creates a NIC for the caller's container, within the caller's quota.
struct Create: ~Copyable {
    private let request: Request.Creation
    private let session: HelperSession
    private let namespace: NetworkNamespace

    /// Prints the names and indexes of both ends. If printing fails, deletes the NIC, because
    /// lxc-start does not know that it exists.
    static func run(
        _ request: Request.Creation, with privilege: consuming RootPrivilege
    ) throws(Refusal) {
        let policy = try HelperSession.policy(privilege)
        let session = try HelperSession.begin(on: request.bridge, with: privilege)
        var caller = try lookup { () throws(Errno) in try OwnerMatcher(session.caller) }
        let entries = try session.entries(of: &caller, from: policy)
        let namespace = try session.namespace(.process(request.process))
        try session.withOpenVSwitch { bridge, root throws(Refusal) in
            try bridge.confirmExists(as: root)
        }
        try Create(request: request, session: session, namespace: namespace)
            .run(entries, for: caller)
    }

    private borrowing func run(
        _ entries: [UsernetEntry], for caller: OwnerMatcher
    ) throws(Refusal) {
        let made = try make(entries, for: caller)
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

    private struct CreatedNIC {
        let pair: VethPair
        let row: Ledger.Row
        let line: Int
        let port: PortOptions
    }

    /// Retries for a second while the quota is used up, every 25 ms: lxc-stop returns before the
    /// kernel has removed the NICs, so the former NIC of a restarted container may still count.
    private borrowing func make(
        _ entries: [UsernetEntry], for caller: OwnerMatcher
    ) throws(Refusal) -> CreatedNIC {
        var attempts = 1
        while true {
            do throws(Refusal) {
                return try session.locked { ledgerFile throws(Refusal) in
                    try make(entries, for: caller, in: ledgerFile)
                }
            } catch {
                guard case .quotaReached = error, attempts < 40 else { throw error }
                attempts += 1
                pause(milliseconds: 25)
            }
        }
    }

    /// Writes the row before it creates the NIC. After a crash in between, the next run removes the
    /// row.
    private borrowing func make(
        _ entries: [UsernetEntry], for caller: OwnerMatcher, in ledgerFile: borrowing LockedFile
    ) throws(Refusal) -> CreatedNIC {
        var ledger = try session.read(ledgerFile)
        // Looking up a thousand NICs takes longer than creating one, so stop after eight that
        // exist. Most hosts have fewer. On other hosts, if the quota seems to be used up, also look
        // up the NICs that count towards it.
        try session.removeStaleRows(&ledger, stoppingAfter: 8, in: ledgerFile)
        var quota = Quota(entries, in: ledger)
        if quota.chargedEntry == nil {
            try session.removeStaleRows(&ledger, of: entries.map { $0.owner }, in: ledgerFile)
            quota = Quota(entries, in: ledger)
        }
        guard let chargedEntry = quota.chargedEntry else {
            throw .quotaReached(
                user: caller.description, bridge: request.bridge.description, used: quota.used,
                allowed: quota.allowed, lines: entries.map { $0.line })
        }
        let port = try portOptions(of: chargedEntry)
        // If the random name is taken, try another, up to sixteen times.
        for _ in 1...16 {
            let pair = try pair(chargedEntry.options, unlike: ledger)
            let made = CreatedNIC(
                pair: pair,
                row: Ledger.Row(owner: chargedEntry.owner, bridge: request.bridge, nic: pair.host),
                line: chargedEntry.line, port: port)
            do throws(Refusal) {
                try session.apply(ledger.add(made.row), to: ledgerFile)
                try netlink { () throws(NetlinkError) in
                    try session.kernel.create(made.pair, peerIn: namespace)
                }
                return made
            } catch {
                guard case .kernel(let kernel) = error, kernel.errno == .exists else {
                    // The kernel may have created the NIC even if its reply was lost.
                    deleteNIC(made)
                    if (try? session.exists(pair.host)) == false {
                        try? session.apply(ledger.remove(made.row), to: ledgerFile)
                    }
                    throw error
                }
                try session.apply(ledger.remove(made.row), to: ledgerFile)
                // One of the two names is taken. Only the host's end can be given another name.
                if try session.exists(pair.host) { continue }
                if let name = request.containerName { throw .nameTaken(name.description) }
                throw error
            }
        }
        throw .kernel(NetlinkError("find an unused name for the NIC", .exists))
    }

    private borrowing func portOptions(of chargedEntry: UsernetEntry) throws(Refusal) -> PortOptions
    {
        var port = PortOptions()
        if chargedEntry.options.isIsolated { port.isIsolated = true }
        port.isLocked = chargedEntry.options.filtersAddress
        if port != PortOptions() {
            guard case .linux = session.bridge else {
                throw .optionNeedsBridge(
                    line: chargedEntry.line, bridge: request.bridge.description)
            }
        }
        return port
    }

    /// A pair with a random name for the host's end: `veth1000_Xy3Z` for user IDs up to 65536,
    /// because firewall rules may match the user ID, and `vethXXXXXX` for larger ones, which may
    /// not fit.
    private borrowing func pair(
        _ options: UsernetEntry.Options, unlike ledger: Ledger
    ) throws(Refusal) -> VethPair {
        let user = session.caller.user.number
        let prefix = user <= 65536 ? "veth\(user)_" : "veth"
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".utf8)
        while true {
            let random: [UInt8]
            do { random = try randomBytes(16) } catch { throw .noRandomness(error) }
            let tail = random[..<(user <= 65536 ? 4 : 6)].map { letters[Int($0) % letters.count] }
            guard let host = InterfaceName(Array(prefix.utf8) + tail) else {
                throw .invalidName(prefix)
            }
            // A stale row with that name would become valid again, and be charged to its owner.
            if ledger.mentions(host) { continue }

            var pair = VethPair(host: host, hostAddress: .highest(Array(random[6..<11])))
            if case .linux(let index, _) = session.bridge { pair.bridge = index }
            pair.hostMTU = session.bridge.mtu
            pair.container = request.containerName
            let maximum = session.bridge.mtu ?? 1500
            pair.containerMTU = options.mtu.map { min($0, maximum) } ?? session.bridge.mtu
            if options.filtersAddress { pair.containerAddress = .local(Array(random[11...])) }
            return pair
        }
    }

    /// Configures the host end, brings it up, and adds it to the bridge if that is an Open vSwitch
    /// bridge.
    private borrowing func configureHostEnd(_ made: CreatedNIC) throws(Refusal) -> Interface {
        let name = made.pair.host
        let host = try interface(made)
        if made.port != PortOptions() { try applyPortOptions(host, made) }
        try protectHost(from: name)
        try netlink { () throws(NetlinkError) in
            try session.kernel.bringUpWithoutLinkLocalAddress(name, at: host.index)
        }
        try session.withOpenVSwitch { bridge, root throws(Refusal) in try bridge.add(name, as: root)
        }
        // Open vSwitch also adds and keeps a port whose NIC no longer exists, so look up the NIC
        // again.
        if session.bridge.isOpenVSwitch, try interface(made).index != host.index {
            throw .vanished(name.description)
        }
        return host
    }

    /// Sets the options before the port is up, so that no frame passes without them.
    private borrowing func applyPortOptions(_ host: Interface, _ made: CreatedNIC) throws(Refusal) {
        try netlink { () throws(NetlinkError) in
            if let address = made.pair.containerAddress {
                try session.kernel.addStaticFDBEntry(
                    address, to: made.pair.host, at: host.index)
            }
            try session.kernel.set(made.pair.host, at: host.index, port: made.port)
        }
        let port = try interface(made)
        if made.port.isIsolated == true && !port.isIsolated {
            throw .optionUnknownToKernel(line: made.line, option: "isolated")
        }
        if made.port.isLocked && !port.isLocked {
            throw .optionUnknownToKernel(line: made.line, option: "macfilter")
        }
    }

    /// Keeps the container from changing the host's routes with router advertisements and
    /// redirects, which reach the host's IP stack unless the NIC is a port of a Linux bridge.
    private borrowing func protectHost(from nic: InterfaceName) throws(Refusal) {
        if case .linux = session.bridge { return }
        let name = nic.description
        do throws(Errno) {
            try InterfaceSysctl.ipv6AcceptRouterAdvertisements.set(0, of: name)
            try InterfaceSysctl.ipv6AcceptRedirects.set(0, of: name)
            try InterfaceSysctl.ipv4AcceptRedirects.set(0, of: name)
            // A host that does not forward packets also accepts redirects if the setting for all
            // interfaces is 1. Forged redirects must have the gateway's address as their source;
            // the reverse path filter drops packets from this NIC with that source.
            try InterfaceSysctl.ipv4ReversePathFilter.set(1, of: name)
            // A port of a switch needs no IPv6 on the host.
            if session.bridge.isOpenVSwitch { try InterfaceSysctl.ipv6Disabled.set(1, of: name) }
        } catch { throw .hostNotProtected(nic: name, error) }
    }

    private borrowing func interface(_ made: CreatedNIC) throws(Refusal) -> Interface {
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

    /// Rollback: deletes the NIC and its row as far as possible. The next run removes a row that
    /// remains.
    private borrowing func deleteNICAndRow(_ made: CreatedNIC) {
        deleteNIC(made)
        try? session.locked { ledgerFile throws(Refusal) in
            var ledger = try session.read(ledgerFile)
            if try !session.exists(made.pair.host) {
                try session.apply(ledger.remove(made.row), to: ledgerFile)
            }
        }
    }

    private borrowing func deleteNIC(_ made: CreatedNIC) {
        try? session.withOpenVSwitch { bridge, root throws(Refusal) in
            try bridge.remove([made.pair.host], as: root)
        }
        if let host = try? session.interface(made.pair.host, withPeerIn: namespace) {
            try? session.kernel.delete(made.pair.host, at: host.index)
        }
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
    fileprivate borrowing func entries(
        of caller: inout OwnerMatcher, from policy: borrowing TrustedFile
    ) throws(Refusal) -> [UsernetEntry] {
        let bytes: [UInt8]
        do { bytes = try policy.contents() } catch { throw .policy(error) }
        let own = try lookup { () throws(Errno) in
            try UsernetFile(bytes).lines(for: bridgeName) { field throws(Errno) in
                try caller.owner(field)
            }
        }
        guard !own.entries.isEmpty else {
            throw .noLine(
                user: caller.description, bridge: bridgeName.description,
                invalidLines: own.invalidLines)
        }
        return own.entries
    }
}
