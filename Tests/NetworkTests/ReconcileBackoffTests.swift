import Network
import Testing

@Suite("The service looks soon, and ever more seldom where the same is lost again and again")
struct ReconcileBackoffTests {
    /// Milliseconds from each loss to the look that finds it, where one loss follows the mending of the
    /// last by so many.
    private func delays(_ losses: [String], apart: Int) -> [Int] {
        var backoff = ReconcileBackoff()
        var now = 1_000_000
        backoff.looked(at: now, finding: [])
        return losses.map { loss in
            let lost = now + apart
            if backoff.awaitsLook, now + Int(backoff.wait(from: now)) < lost {
                now += Int(backoff.wait(from: now))
                backoff.looked(at: now, finding: [])
            }
            now = lost
            backoff.note(at: now)
            now += Int(backoff.wait(from: now))
            backoff.looked(at: now, finding: [loss])
            return now - lost
        }
    }

    @Test("What dies as often as it is started")
    func again() {
        let delays = delays([String](repeating: "+ lxcbr0: dnsmasq", count: 20), apart: 1000)
        #expect(delays.first == 100)
        #expect(delays.last == 59_000)
    }

    @Test("Containers that come one after the other are kept apart at once")
    func different() {
        let losses = (1...20).map { "~ lxcbr0: port veth\($0) is kept from the other containers" }
        #expect(delays(losses, apart: 1000).allSatisfy { $0 == 100 })
    }

    @Test("What has held for a while is forgotten")
    func forgotten() {
        let losses = [String](repeating: "+ lxcbr0: dnsmasq", count: 4)
        #expect(delays(losses, apart: 200_000).allSatisfy { $0 == 100 })
    }

    @Test("Without a notice it looks now and then")
    func regularly() {
        var backoff = ReconcileBackoff()
        backoff.looked(at: 50, finding: [])
        #expect(backoff.wait(from: 50) == 15_000)
        #expect(backoff.isDue(at: 15_050) && !backoff.isDue(at: 15_049))
    }
}
