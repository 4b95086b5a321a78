internal import HostPaths
internal import Linux
internal import Netlink
internal import Usernet

/// `berth-nic create`: one more NIC for the caller's container, if a line of his pays for it.
struct Create: ~Copyable {
    private let request: Request.Creation
    private let session: Session
    private let namespace: NetworkNamespace

    /// Answers with the names and numbers of both ends. An answer that cannot be given leaves a NIC
    /// that nobody knows of, so that it is unmade.
    static func run(
        _ request: Request.Creation, with power: consuming RootPrivilege
    ) throws(Refusal) {
        let policy = try Session.policy(power)
        let session = try Session.begin(on: request.bridge, with: power)
        var person = try known { () throws(Errno) in try OwnerMatcher(session.caller) }
        let entries = try session.entries(of: &person, from: policy)
        let namespace = try session.namespace(.process(request.process))
        try session.withDaemon { bridge, root throws(Refusal) in
            try bridge.confirmExists(as: root)
        }
        try Create(request: request, session: session, namespace: namespace)
            .run(entries, for: person)
    }

    private borrowing func run(
        _ entries: [UsernetEntry], for person: OwnerMatcher
    ) throws(Refusal) {
        let made = try make(entries, for: person)
        do throws(Refusal) {
            let host = try finish(made)
            let container = try containerEnd(host)
            do throws(Errno) {
                try OutputLine.result(
                    "\(container.name):\(container.index.number):\(host.name):\(host.index.number)")
            } catch { throw .answerLost(error) }
        } catch {
            unmake(made)
            throw error
        }
    }

    /// A NIC with its row.
    private struct Made {
        let pair: VethPair
        let row: Ledger.Row
        let line: Int
        let port: PortOptions
    }

    /// lxc-stop returns before the kernel has taken down the container's network, and a container
    /// that starts next meets a NIC on its way out: 25 ms between looks, 40 looks, and only then is
    /// it no.
    private borrowing func make(
        _ entries: [UsernetEntry], for person: OwnerMatcher
    ) throws(Refusal) -> Made {
        var looks = 1
        while true {
            do throws(Refusal) {
                return try session.locked { record throws(Refusal) in
                    try make(entries, for: person, in: record)
                }
            } catch {
                guard case .quotaUsedUp = error, looks < 40 else { throw error }
                looks += 1
                pause(milliseconds: 25)
            }
        }
    }

    /// Row first, then NIC: a crash between the two leaves a row that the next run takes away.
    private borrowing func make(
        _ entries: [UsernetEntry], for person: OwnerMatcher, in record: borrowing LockedFile
    ) throws(Refusal) -> Made {
        var ledger = try session.read(record)
        // Looking up a thousand NICs takes longer than making one. Most places have a few, and all
        // are looked up; where there are more, those of the caller if they are what stands in the
        // way.
        try session.cull(&ledger, untilMeeting: 8, in: record)
        var quota = Quota(entries, in: ledger)
        if quota.chargedEntry == nil {
            try session.cull(&ledger, of: entries.map { $0.owner }, in: record)
            quota = Quota(entries, in: ledger)
        }
        guard let chargedEntry = quota.chargedEntry else {
            throw .quotaUsedUp(
                user: person.description, bridge: request.bridge.description, used: quota.used,
                allowed: quota.allowed, lines: entries.map { $0.line })
        }
        let port = try portOptions(of: chargedEntry)
        // A name that is taken costs another try; sixteen in a row are no chance.
        for _ in 1...16 {
            let pair = try pair(chargedEntry.options, unlike: ledger)
            let made = Made(
                pair: pair,
                row: Ledger.Row(owner: chargedEntry.owner, bridge: request.bridge, nic: pair.host),
                line: chargedEntry.line, port: port)
            do throws(Refusal) {
                try session.apply(ledger.add(made.row), to: record)
                try asked { () throws(NetlinkError) in
                    try session.kernel.create(made.pair, peerIn: namespace)
                }
                return made
            } catch {
                guard case .kernel(let kernel) = error, kernel.errno == .exists else {
                    // What went wrong may have been no more than the kernel's answer.
                    takeDown(made)
                    if (try? session.exists(pair.host)) == false {
                        try? session.apply(ledger.remove(made.row), to: record)
                    }
                    throw error
                }
                try session.apply(ledger.remove(made.row), to: record)
                // One of the two names is taken. Ours can be another.
                if try session.exists(pair.host) { continue }
                if let name = request.containerName { throw .nameTaken(name.description) }
                throw error
            }
        }
        throw .kernel(NetlinkError("find a free name for a NIC", .exists))
    }

    private borrowing func portOptions(of chargedEntry: UsernetEntry) throws(Refusal) -> PortOptions
    {
        var port = PortOptions()
        port.isIsolated = chargedEntry.options.isIsolated
        port.isLocked = chargedEntry.options.filtersAddress
        if port != PortOptions() {
            guard case .linux = session.bridge else {
                throw .optionNeedsBridge(
                    line: chargedEntry.line, bridge: request.bridge.description)
            }
        }
        return port
    }

    /// `veth1000_Xy3Z` for users up to 65536: firewalls filter by it. Longer numbers do not fit,
    /// and get a name without.
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
            // A row whose NIC is gone would come back to life with it, and count for somebody else.
            if ledger.mentions(host) { continue }

            var pair = VethPair(host: host, hostAddress: .highest(Array(random[6..<11])))
            if case .linux(let link) = session.bridge { pair.bridge = link.index }
            pair.hostMTU = session.bridge.mtu
            pair.container = request.containerName
            let most = session.bridge.mtu ?? 1500
            pair.containerMTU = options.mtu.map { min($0, most) } ?? session.bridge.mtu
            if options.filtersAddress { pair.containerAddress = .local(Array(random[11...])) }
            return pair
        }
    }

    /// Brings the host end up, and attaches it where the kernel alone could not.
    private borrowing func finish(_ made: Made) throws(Refusal) -> Link {
        let host = try link(made)
        if made.port != PortOptions() { try restrict(host, made) }
        try shield(host)
        try asked { () throws(NetlinkError) in try session.kernel.bringUp(host) }
        try session.withDaemon { bridge, root throws(Refusal) in
            try bridge.add(host.name, as: root)
        }
        // The daemon also takes a port whose NIC went in the meantime, and would keep it.
        if session.bridge.needsDaemon, try link(made).index != host.index {
            throw .vanished(host.name.description)
        }
        return host
    }

    /// Before the port is up: nothing passes it without its options.
    private borrowing func restrict(_ host: Link, _ made: Made) throws(Refusal) {
        try asked { () throws(NetlinkError) in
            if let address = made.pair.containerAddress {
                try session.kernel.pin(address, to: host)
            }
            try session.kernel.set(made.port, on: host)
        }
        let port = try link(made)
        if made.port.isIsolated && !port.isIsolated {
            throw .optionUnknownToKernel(line: made.line, option: "isolated")
        }
        if made.port.isLocked && !port.isLocked {
            throw .optionUnknownToKernel(line: made.line, option: "macfilter")
        }
    }

    /// What a Linux bridge does not take off its port reaches the host's own IP: a router
    /// advertisement or a redirect of the container's must not change the host's routes.
    private borrowing func shield(_ host: Link) throws(Refusal) {
        if case .linux = session.bridge { return }
        let name = host.name.description
        do throws(Errno) {
            try InterfaceSysctl.ipv6AcceptRouterAdvertisements.set(0, of: name)
            try InterfaceSysctl.ipv6AcceptRedirects.set(0, of: name)
            try InterfaceSysctl.ipv4AcceptRedirects.set(0, of: name)
            // While the host does not forward, that is not enough: the setting for all interfaces
            // counts as well. A redirect must seem to come from the host's gateway, though.
            try InterfaceSysctl.ipv4ReversePathFilter.set(1, of: name)
            // A switch's port has no business with the host's IPv6 at all.
            if session.bridge.needsDaemon { try InterfaceSysctl.ipv6Disabled.set(1, of: name) }
        } catch { throw .notShielded(name, error) }
    }

    private borrowing func link(_ made: Made) throws(Refusal) -> Link {
        let found = try asked { () throws(NetlinkError) in
            try session.kernel.link(named: made.pair.host)
        }
        guard let found else { throw .vanished(made.pair.host.description) }
        return found
    }

    /// The other end; its name is the kernel's word where the kernel was asked to choose one.
    private borrowing func containerEnd(
        _ host: Link
    ) throws(Refusal) -> (name: InterfaceName, index: InterfaceIndex) {
        guard let index = host.peer, let namespace = host.peerNamespace else {
            throw .vanished(host.name.description)
        }
        if let name = request.containerName { return (name, index) }
        let found = try asked { () throws(NetlinkError) in
            try session.kernel.link(at: index, in: namespace)
        }
        guard let found else { throw .vanished(host.name.description) }
        return (found.name, index)
    }

    /// As far as it can be done; a row that stays is taken away by the next run.
    private borrowing func unmake(_ made: Made) {
        takeDown(made)
        try? session.locked { record throws(Refusal) in
            var ledger = try session.read(record)
            if try !session.exists(made.pair.host) {
                try session.apply(ledger.remove(made.row), to: record)
            }
        }
    }

    /// The NIC without its row.
    private borrowing func takeDown(_ made: Made) {
        try? session.withDaemon { bridge, root throws(Refusal) in
            try bridge.remove([made.pair.host], as: root)
        }
        if let link = try? session.link(made.pair.host, reachingInto: namespace) {
            try? session.kernel.delete(link)
        }
    }
}

extension Session {
    fileprivate static func policy(_ power: borrowing RootPrivilege) throws(Refusal) -> TrustedFile
    {
        do {
            return try TrustedFile.open(Paths.usernetName, in: Paths.lxcConfiguration, with: power)
        } catch { throw .policy(error) }
    }

    /// The lines that are this person's on the session's bridge, in the order of the file.
    fileprivate borrowing func entries(
        of person: inout OwnerMatcher, from policy: borrowing TrustedFile
    ) throws(Refusal) -> [UsernetEntry] {
        let bytes: [UInt8]
        do { bytes = try policy.contents() } catch { throw .policy(error) }
        let own = try known { () throws(Errno) in
            try UsernetFile(bytes).lines(for: bridgeName) { field throws(Errno) in
                try person.owner(field)
            }
        }
        guard !own.entries.isEmpty else {
            throw .noLine(
                user: person.description, bridge: bridgeName.description, skipped: own.skipped)
        }
        return own.entries
    }
}
