internal import Identity
internal import Linux
internal import Netlink
internal import Usernet

extension Create {
    struct CreatedNIC {
        let pair: VethPair
        let row: Ledger.Row
        let line: Int
        let options: UsernetEntry.Options
        let grant: PortGrant
        let label: ContainerLabel
    }

    /// Retries for a second while the quota is used up, or while the kernel still has to remove a
    /// former NIC of a container that starts again: lxc-stop returns before the NICs are removed.
    borrowing func make(
        _ lines: [CallerLines.Line], for caller: OwnerMatcher
    ) throws(Refusal) -> CreatedNIC {
        var findings = NamespaceFindings(waitingAtMost: 1000)
        while true {
            do throws(Refusal) {
                let result = try session.locked { ledgerFile throws(Refusal) in
                    try make(lines, for: caller, findings, in: ledgerFile)
                }
                switch result {
                case .found(let made): return made
                case .blocked(let former): try settle(former, &findings)
                }
            } catch {
                guard case .quotaReached = error, !findings.isOver else { throw error }
                pause(milliseconds: 25)
            }
        }
    }

    /// One attempt, while the lock is held.
    private borrowing func make(
        _ lines: [CallerLines.Line], for caller: OwnerMatcher, _ findings: NamespaceFindings,
        in ledgerFile: borrowing LockedFile
    ) throws(Refusal) -> Search<CreatedNIC> {
        var ledger = try session.read(ledgerFile)
        var known = KnownNICs()
        // Looking up a thousand NICs takes longer than creating one, so stop after eight that
        // exist. Most hosts have fewer. On other hosts, if the quota seems to be used up, also look
        // up the NICs that count towards it.
        let limit = findsNumberByAddress ? 8 : .max
        try session.removeStaleRows(&ledger, stoppingAfter: limit, in: ledgerFile) {
            nic throws(Refusal) in try note(nic, findings, in: &known)
        }
        var quota = Quota(lines, in: ledger)
        if quota.charged == nil {
            let owners = lines.map { $0.owner }
            try session.removeStaleRows(&ledger, of: owners, in: ledgerFile) {
                nic throws(Refusal) in try note(nic, findings, in: &known)
            }
            quota = Quota(lines, in: ledger)
        }
        guard let charged = quota.charged else {
            if let former = known.former { return .blocked(by: former) }
            throw .quotaReached(
                user: caller.description, bridge: request.bridge.description, used: quota.used,
                allowed: quota.allowed, lines: lines.map { $0.entry.line })
        }
        let grant = try grant(of: charged.entry)
        switch try assign(HardwareBlock(grant), known, findings) {
        case .blocked(let former): return .blocked(by: former)
        case .found(let assignment):
            return .found(
                try make(charged, grant, assignment, quota, &ledger, in: ledgerFile))
        }
    }

    /// Writes the row before it creates the NIC. After a crash in between, the next run removes the
    /// row.
    private borrowing func make(
        _ charged: CallerLines.Line, _ grant: PortGrant, _ assignment: Assignment, _ quota: Quota,
        _ ledger: inout Ledger, in ledgerFile: borrowing LockedFile
    ) throws(Refusal) -> CreatedNIC {
        let entry = charged.entry
        let label = container.label(assignment.number)
        // If the random name is taken, try another, up to sixteen times.
        for _ in 1...16 {
            let pair = try pair(entry.options, grant, assignment, unlike: ledger)
            guard try session.beginAdding(pair.host, ledgerFile) else { continue }
            let made = CreatedNIC(
                pair: pair,
                row: Ledger.Row(owner: charged.owner, bridge: request.bridge, nic: pair.host),
                line: entry.line, options: entry.options, grant: grant, label: label)
            audit.creates(
                pair, label: label.description, chargedTo: entry.line, used: quota.used + 1,
                allowed: quota.allowed)
            do throws(Refusal) {
                try session.apply(ledger.add(made.row), to: ledgerFile)
                try netlink { () throws(NetlinkError) in
                    try session.kernel.create(made.pair, peerIn: namespace)
                }
                try setAlias(made)
                return made
            } catch {
                guard case .kernel(let kernel) = error, kernel.errno == .EEXIST else {
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
        throw .kernel(NetlinkError("find an unused name for the NIC", .EEXIST))
    }

    /// While the lock is held, because the next process recognizes the NICs of a container by their
    /// aliases.
    private borrowing func setAlias(_ made: CreatedNIC) throws(Refusal) {
        do throws(NetlinkError) {
            try session.kernel.set(made.pair.host, alias: made.label.alias)
        } catch {
            // The container has ended.
            guard error.errno == .ENODEV else { throw .kernel(error) }
        }
    }

    /// Whether ``AddressSearch`` suffices to find the numbers that the container's NICs hold: it
    /// needs their derived addresses, which NICs of a former key do not have. On Open vSwitch, two
    /// NICs with one number would name one logical port, and a search takes less time than
    /// ovs-vsctl.
    private var findsNumberByAddress: Bool {
        source.key != nil && !session.bridge.isOpenVSwitch
    }

    private borrowing func grant(of entry: UsernetEntry) throws(Refusal) -> PortGrant {
        try session.bridge.requireSupport(for: entry, on: request.bridge)
        return PortGrant(entry.options)
    }

    /// A pair with a random name (getrandom(2)) for the host's end: `veth1000_Xy3Z` for user IDs up
    /// to 65536, because firewall rules may match the user ID, and `vethXXXXXX` for larger ones,
    /// which may not fit.
    private borrowing func pair(
        _ options: UsernetEntry.Options, _ grant: PortGrant, _ assignment: Assignment,
        unlike ledger: Ledger
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
            // A stale row with that name would become valid again, and its owner would be charged.
            if ledger.mentions(host) { continue }

            var pair = VethPair(host: host, hostAddress: .highest(Array(random[6..<11])))
            // The filter recognizes the address of a NIC by its block.
            if let tail = assignment.tail
                ?? (grant.filtersAddresses ? Array(random[11..<15]) : nil)
            {
                let block = HardwareBlock(grant)
                pair.hostAddress = block.hostAddress(tail)
                pair.containerAddress = block.containerAddress(tail)
            } else if options.filtersAddress || session.bridge.isOpenVSwitch {
                pair.containerAddress = .local(Array(random[11...]))
            }
            pair.hostGroup = grant.group
            if case .linux(let index, _, _) = session.bridge { pair.bridge = index }
            pair.hostMTU = session.bridge.mtu
            pair.container = request.containerName
            let maximum = session.bridge.mtu ?? 1500
            pair.containerMTU = options.mtu.map { min($0, maximum) } ?? session.bridge.mtu
            return pair
        }
    }
}
