internal import Linux

/// What `berth-net run` does about leases: it publishes names as soon as a container gets a lease,
/// and releases the leases of containers that have stopped.
struct LeaseKeeper {
    /// A file of leases, watched with inotify(7).
    private final class Watch {
        let bridge: BridgeName
        private var file: FileWatch
        init(_ bridge: BridgeName) {
            self.bridge = bridge
            file = FileWatch(of: DnsmasqPaths.leases(of: bridge))
        }
        var pollDescriptor: Int32 { file.pollDescriptor }
        func drain() -> Bool { file.drain() }
    }

    private var watches: [Watch] = []
    private var spent = SpentLeases()
    private var next: Int?
    /// The earliest time of the next update. Updates take at most a fifth of the time, however many
    /// leases there are, and however often clients renew them.
    private var earliest = Int.min
    /// The sentences that were logged.
    private var told: Set<String> = []

    // Milliseconds. Many containers that start at once cause one update in that time.
    private static let pause = 30
    private static let interval = 1000

    var pollDescriptors: [Int32] { watches.map(\.pollDescriptor) }

    /// Watches the leases of these networks.
    mutating func watch(_ bridges: [BridgeName]) {
        guard bridges != watches.map(\.bridge) else { return }
        watches = bridges.map { Watch($0) }
        spent.keep(bridges)
    }

    /// Whether leases have changed.
    /// - Parameter ready: for each descriptor.
    func drain(_ ready: ArraySlice<Bool>) -> Bool {
        var hasChanged = false
        for (watch, isReady) in zip(watches, ready) where isReady {
            hasChanged = watch.drain() || hasChanged
        }
        return hasChanged
    }

    mutating func schedule(at now: Int) {
        next = min(next ?? .max, max(now + Self.pause, earliest))
    }

    /// The milliseconds until the next update; `nil` if only an event causes one.
    func wait(from now: Int) -> Int32? { next.map { Int32(clamping: max(0, $0 - now)) } }

    /// Updates names and leases if that is due.
    mutating func update(_ service: borrowing Service, at now: Int, _ log: (String) -> Void) {
        guard let due = next, now >= due else { return }
        do {
            let lock = try service.lock()
            defer { lock.release() }
            guard let record = try Record.load() else {
                next = nil
                return
            }
            watch(record.networks.map(\.desired.bridge))
            var spent = spent
            let conflicts = try service.updateLeases(of: record) { spent.due($0, at: now) }
            self.spent = spent
            for sentence in conflicts where !told.contains(sentence) { log(sentence) }
            told = Set(conflicts)
        } catch { log("the names of containers are not updated: \(error)") }
        let end = monotonicMilliseconds()
        earliest = end + 4 * (end - now)
        next = spent.isWaiting ? max(end + Self.interval, earliest) : nil
    }
}
