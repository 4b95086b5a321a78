/// Whether the clock is plausible: dnsmasq computes the ends of leases from it, and containers use
/// the same clock.
enum ClockCheck: Check {
    static let name = "clock"
    static let appliesToRoot = true

    /// How many seconds a file may be ahead of the clock: file systems round times up.
    private static let tolerance: UInt64 = 120

    static func findings(_ facts: Facts) -> [Finding] {
        let clock = facts.installation.clock
        let fix = Fix.advice(
            "set the clock, for example with chronyd(8) or systemd-timesyncd(8), and keep it "
                + "synchronized")
        if clock.now < ClockFacts.earliest {
            return [
                .warning(
                    "the clock",
                    "it is earlier than the release date of this version of Berth, so certificates "
                        + "are rejected and leases end at wrong times", fix)
            ]
        }
        if let latest = clock.latestLease, latest > clock.now + tolerance {
            return [
                .warning(
                    "the clock",
                    "it is \(latest - clock.now) s behind the time at which a lease was last "
                        + "written: it was set back, so leases last longer", fix)
            ]
        }
        return [
            .ok(
                "the clock", "it is not earlier than the modification times of the files of dnsmasq"
            )
        ]
    }
}
