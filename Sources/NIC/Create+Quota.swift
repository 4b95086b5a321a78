internal import Linux
internal import Netlink
internal import Usernet

extension Create {
    struct CreatedNIC {
        let pair: VethPair
        let row: Ledger.Row
        let line: Int
        let port: PortOptions
    }

    /// Retries for a second while the quota is used up, every 25 ms: lxc-stop returns before the
    /// kernel has removed the NICs, so the former NIC of a restarted container may still count.
    borrowing func make(
        _ lines: [CallerLines.Line], for caller: OwnerMatcher
    ) throws(Refusal) -> CreatedNIC {
        var attempts = 1
        while true {
            do throws(Refusal) {
                return try session.locked { ledgerFile throws(Refusal) in
                    try make(lines, for: caller, in: ledgerFile)
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
        _ lines: [CallerLines.Line], for caller: OwnerMatcher, in ledgerFile: borrowing LockedFile
    ) throws(Refusal) -> CreatedNIC {
        var ledger = try session.read(ledgerFile)
        // Looking up a thousand NICs takes longer than creating one, so stop after eight that
        // exist. Most hosts have fewer. On other hosts, if the quota seems to be used up, also look
        // up the NICs that count towards it.
        try session.removeStaleRows(&ledger, stoppingAfter: 8, in: ledgerFile)
        var quota = Quota(lines, in: ledger)
        if quota.charged == nil {
            try session.removeStaleRows(&ledger, of: lines.map { $0.owner }, in: ledgerFile)
            quota = Quota(lines, in: ledger)
        }
        guard let charged = quota.charged else {
            throw .quotaReached(
                user: caller.description, bridge: request.bridge.description, used: quota.used,
                allowed: quota.allowed, lines: lines.map { $0.entry.line })
        }
        let entry = charged.entry
        let port = try portOptions(of: entry)
        // If the random name is taken, try another, up to sixteen times.
        for _ in 1...16 {
            let pair = try pair(entry.options, unlike: ledger)
            let made = CreatedNIC(
                pair: pair,
                row: Ledger.Row(owner: charged.owner, bridge: request.bridge, nic: pair.host),
                line: entry.line, port: port)
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

    private borrowing func portOptions(of entry: UsernetEntry) throws(Refusal) -> PortOptions {
        var port = PortOptions()
        if entry.options.isIsolated { port.isIsolated = true }
        port.isLocked = entry.options.filtersAddress
        if port != PortOptions() {
            guard case .linux = session.bridge else {
                throw .optionNeedsBridge(line: entry.line, bridge: request.bridge.description)
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
}
