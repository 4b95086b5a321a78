internal import Linux

/// Keeps the leases in the address filter up to date, for `berth-net run`: a client that takes
/// another address must lose its first one before another client can get it.
struct AddressFilterKeeper {
    private var next: Int?

    /// Milliseconds after which a young element is old enough to be compared with the leases.
    private static let pause = FilterElements.settlingTime * 1000 + 500

    mutating func schedule(at now: Int) { next = now }

    /// The milliseconds until the next update; `nil` if only an event causes one.
    func wait(from now: Int) -> Int32? { next.map { Int32(clamping: max(0, $0 - now)) } }

    /// Updates the filter if that is due. The loss of its table is detected elsewhere.
    mutating func update(_ service: borrowing Service, at now: Int) {
        guard let due = next, now >= due else { return }
        let isUnsettled = (try? service.updateFilteredLeases()) ?? true
        next = isUnsettled ? now + Self.pause : nil
    }
}
