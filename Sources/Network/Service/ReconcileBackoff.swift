/// Schedules the checks of `berth-net run`: shortly after it learns of a change, and at a fixed
/// interval, since the kernel does not report every change. While the same change is needed
/// repeatedly, the interval grows (exponential backoff), so that a conflicting program or a dnsmasq
/// that crashes at each start does not fill the log. A change needed for the first time does not
/// lengthen the interval.
package struct ReconcileBackoff {
    private var nextCheck: Int?
    private var lastCheck = 0
    private var lastFinding = Int.min / 2
    private var pause = shortestPause
    /// The recent findings, and when they were made.
    private var recent: [String: Finding] = [:]

    private struct Finding {
        var time: Int
        var count: Int
    }

    package init() {}

    package var awaitsCheck: Bool { nextCheck != nil }

    // Milliseconds.
    package static let interval = 15_000
    package static let shortestPause = 100
    package static let longestPause = 60_000
    /// For changes that cannot wait: a container without its network, or without its filter.
    package static let longestUrgentPause = 800
    /// How many repetitions of a change are logged.
    package static let loggedRepetitions = 5

    /// The milliseconds until the next check.
    package func wait(from now: Int) -> Int32 {
        Int32(clamping: max(0, (nextCheck ?? lastCheck + Self.interval) - now))
    }

    package mutating func schedule(at now: Int) {
        guard nextCheck == nil else { return }
        nextCheck = max(now + Self.shortestPause, lastFinding + pause)
    }

    package func isDue(at now: Int) -> Bool {
        now >= nextCheck ?? lastCheck + Self.interval
    }

    /// - Parameter found: the changes that were needed, whether they succeeded or not.
    /// - Parameter urgent: those of them that cannot wait.
    package mutating func checked(
        at now: Int, finding found: [String], urgent: Set<String> = []
    ) {
        lastCheck = now
        recent = recent.filter { now - $0.value.time <= 2 * Self.longestPause }
        if recent.isEmpty { pause = Self.shortestPause }
        guard !found.isEmpty else {
            nextCheck = nil
            return
        }
        let repeated = found.filter { recent[$0] != nil }
        if !repeated.isEmpty {
            let longest =
                repeated.allSatisfy(urgent.contains) ? Self.longestUrgentPause : Self.longestPause
            pause = max(pause, min(pause * 2, longest))
        }
        for sentence in found {
            recent[sentence] = Finding(time: now, count: count(of: sentence) + 1)
        }
        lastFinding = now
        nextCheck = now + pause
    }

    /// How often the change was needed recently.
    package func count(of finding: String) -> Int { recent[finding]?.count ?? 0 }
}
