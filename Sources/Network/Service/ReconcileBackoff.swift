/// Schedules the checks of `berth-net run`: shortly after it learns of a change, and at a fixed
/// interval, since the kernel does not report every change. While the same change is needed
/// repeatedly, the interval grows exponentially, so that a conflicting program or a dnsmasq that
/// crashes at each start does not fill the log. A change needed for the first time does not
/// lengthen the interval.
package struct ReconcileBackoff {
    private var nextCheck: Int?
    private var lastCheck = 0
    private var lastFinding = Int.min / 2
    private var pause = shortestPause
    /// The recent findings, and when they were made.
    private var recent: [String: Int] = [:]

    package init() {}

    package var awaitsCheck: Bool { nextCheck != nil }

    // Milliseconds.
    package static let interval = 15_000
    package static let shortestPause = 100
    package static let longestPause = 60_000

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
    package mutating func checked(at now: Int, finding found: [String]) {
        lastCheck = now
        recent = recent.filter { now - $0.value <= 2 * Self.longestPause }
        if recent.isEmpty { pause = Self.shortestPause }
        guard !found.isEmpty else {
            nextCheck = nil
            return
        }
        if found.contains(where: { recent[$0] != nil }) {
            pause = min(pause * 2, Self.longestPause)
        }
        for sentence in found { recent[sentence] = now }
        lastFinding = now
        nextCheck = now + pause
    }
}
