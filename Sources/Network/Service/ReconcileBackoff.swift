/// When the service looks at its networks: soon after a notice, once for many of them; now and then
/// without any, for not everything sends one. While the same has to be mended again and again, ever
/// more seldom: two programs that want different things, or a dnsmasq that dies as often as it is
/// started, do not fill the log. What is found for the first time is never made to wait by that.
package struct ReconcileBackoff {
    private var nextLook: Int?
    private var lastLook = 0
    private var lastFind = Int.min / 2
    private var pause = shortestPause
    /// What had to be mended of late, and when.
    private var recent: [String: Int] = [:]

    package init() {}

    package var awaitsLook: Bool { nextLook != nil }

    // Milliseconds.
    package static let regularly = 15_000
    package static let shortestPause = 100
    package static let longestPause = 60_000

    /// Milliseconds until it is time.
    package func wait(from now: Int) -> Int32 {
        Int32(clamping: max(0, (nextLook ?? lastLook + Self.regularly) - now))
    }

    package mutating func note(at now: Int) {
        guard nextLook == nil else { return }
        nextLook = max(now + Self.shortestPause, lastFind + pause)
    }

    package func isDue(at now: Int) -> Bool {
        now >= nextLook ?? lastLook + Self.regularly
    }

    /// - Parameter found: what had to be mended, or could not be.
    package mutating func looked(at now: Int, finding found: [String]) {
        lastLook = now
        recent = recent.filter { now - $0.value <= 2 * Self.longestPause }
        if recent.isEmpty { pause = Self.shortestPause }
        guard !found.isEmpty else {
            nextLook = nil
            return
        }
        if found.contains(where: { recent[$0] != nil }) {
            pause = min(pause * 2, Self.longestPause)
        }
        for sentence in found { recent[sentence] = now }
        lastFind = now
        nextLook = now + pause
    }
}
