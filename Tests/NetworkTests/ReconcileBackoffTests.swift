import Netlink
import Testing

@testable import Network

@Suite("The service reconciles at once, and backs off while the same change repeats")
struct ReconcileBackoffTests {
    /// The milliseconds from each loss to the check that finds it.
    /// - Parameter apart: the milliseconds from each repair to the next loss.
    private func delays(_ losses: [String], apart: Int) -> [Int] {
        var backoff = ReconcileBackoff()
        var now = 1_000_000
        backoff.checked(at: now, finding: [])
        return losses.map { loss in
            let lost = now + apart
            if backoff.awaitsCheck, now + Int(backoff.wait(from: now)) < lost {
                now += Int(backoff.wait(from: now))
                backoff.checked(at: now, finding: [])
            }
            now = lost
            backoff.schedule(at: now)
            now += Int(backoff.wait(from: now))
            backoff.checked(at: now, finding: [loss])
            return now - lost
        }
    }

    @Test("A server that crashes at each start is started with exponential back-off")
    func repeated() {
        let delays = delays([String](repeating: "+ lxcbr0: dnsmasq", count: 20), apart: 1000)
        #expect(delays.first == 100)
        #expect(delays.last == 59_000)
    }

    @Test("Containers that start one after the other are isolated at once")
    func different() {
        let losses = (1...20).map { "~ lxcbr0: port veth\($0) is isolated from other containers" }
        #expect(delays(losses, apart: 1000).allSatisfy { $0 == 100 })
    }

    @Test("A container that restarts, with the same name for its port each time, does not wait")
    func sameName() throws {
        let bridge = try network().bridge
        let losses = try (1...20).map { index in
            let port = try interface("vweb", index: Int32(index), kind: .veth)
            return Change.isolate(bridge, port: Record.Port(port), true).finding
        }
        #expect(delays(losses, apart: 1000).allSatisfy { $0 == 100 })
        let one = [String](repeating: losses[0], count: 20)
        #expect(
            delays(one, apart: 1000).last == 59_000, "a change that is undone each time is delayed")
    }

    @Test("A NIC that another program detaches each time is back within a second")
    func urgent() {
        var backoff = ReconcileBackoff()
        var now = 1_000_000
        for repetition in 0..<20 {
            #expect(backoff.count(of: "+ lxcbr0: veth1 is reattached") == repetition)
            backoff.schedule(at: now)
            let wait = Int(backoff.wait(from: now))
            #expect(wait <= 800)
            now += wait
            backoff.checked(
                at: now, finding: ["+ lxcbr0: veth1 is reattached"],
                urgent: ["+ lxcbr0: veth1 is reattached"])
        }
        // A reattached NIC does not shorten the pause of a server that crashes at each start.
        for _ in 0..<20 {
            now += 1000
            backoff.checked(at: now, finding: ["+ lxcbr0: dnsmasq"])
        }
        backoff.checked(
            at: now, finding: ["+ lxcbr0: veth1 is reattached"],
            urgent: ["+ lxcbr0: veth1 is reattached"])
        backoff.schedule(at: now)
        #expect(backoff.wait(from: now) == 60_000)
    }

    @Test("If a change was not undone for a while, the next one is not delayed")
    func forgotten() {
        let losses = [String](repeating: "+ lxcbr0: dnsmasq", count: 4)
        #expect(delays(losses, apart: 200_000).allSatisfy { $0 == 100 })
    }

    @Test("Without notifications, the service reconciles at a fixed interval")
    func regularly() {
        var backoff = ReconcileBackoff()
        backoff.checked(at: 50, finding: [])
        #expect(backoff.wait(from: 50) == 15_000)
        #expect(backoff.isDue(at: 15_050) && !backoff.isDue(at: 15_049))
    }
}
