import TestSupport
import Testing

/// Many instances of berth-nic at once, some of them killed: the quota holds, and the ledger lists
/// what exists.
@Suite(.enabled(if: Host.obstacle == nil, "\(Host.obstacle ?? "")"))
struct Races {
    @Test("64 creates at once, with a quota of 10, create 10 NICs and 10 rows")
    func quota() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.enter()
            host.addBridges("br0")
            host.allow("eve veth br0 10")
            let container = Container(of: 2000)
            let outcome = script("race-quota", ["2000", "\(container.process)"])
            expect(host.nics.count, is: 10)
            expect(host.ledger.count, is: 10)
            expect(Set(host.rowNICs) == Set(host.nics))
            expect(outcome.lines.count { $0.hasPrefix("eth") }, is: 10)
            expect(outcome.lines.count { $0.contains("has 10 of 10 NICs on br0") }, is: 54)
        }
    }

    @Test(
        "64 creates of each of two users at once, with quotas of 10, create 10 NICs of each",
        arguments: ["@crew veth br0 10 each", "* veth br0 10"])
    func quotaPerUser(line: String) async {
        await #expect(processExitsWith: .success) { [line = line as String] in
            let host = try Host.enter()
            host.addBridges("br0")
            shell("echo crew:x:3000: >> /etc/group")
            host.allow(line)
            let containers = [2000, 2001].map { Container(of: $0) }
            let outcome = script(
                "race-quota",
                ["2000", "\(containers[0].process)", "2001", "\(containers[1].process)"])
            expect(host.nics.count, is: 20)
            expect(Set(host.rowNICs) == Set(host.nics))
            for user in ["eve", "bob"] {
                expect(host.ledger.count { $0.hasPrefix("\(user) veth br0 ") }, is: 10)
                let refused = "user \(user) has 10 of 10 NICs on br0"
                expect(outcome.lines.count { $0.contains(refused) }, is: 54)
            }
        }
    }

    @Test("creates that are killed at random moments leave no NIC that is not counted")
    func killed() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.enter()
            host.addBridges("br0")
            host.allow("bob veth br0 1")
            let bobs = try #require(
                Answer(Program.ours.create(Container(of: 2001), on: "br0", as: 2001)))
            let container = Container(of: 2000)
            var killed = 0
            for _ in 1...5 {
                host.allow("eve veth br0 200", "bob veth br0 1")
                let before = host.nics.count
                let outcome = script("race-killed", ["\(container.process)"])
                killed += outcome.lines.first.flatMap { Int($0) } ?? 0
                expect(host.nics.count >= before + 8, "\(host.nics) \(outcome)")
                expect(Set(host.nics).isSubset(of: host.rowNICs), "\(host.nics) \(host.ledger)")
                expect(host.ledger.contains("bob veth br0 \(bobs.hostName)"))
                // The next create gets the last place, and repairs the ledger.
                host.allow("eve veth br0 \(host.nics.count)", "bob veth br0 1")
                expect(Program.ours.create(container, on: "br0").status, is: 0)
                expect(Set(host.rowNICs) == Set(host.nics))
            }
            expect(killed > 0, "at least one helper was killed")
        }
    }

    @Test("creates and deletes at once leave the NICs that were not deleted")
    func createsAndDeletes() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.enter()
            host.addBridges("br0")
            host.allow("eve veth br0 100")
            let container = Container(of: 2000)
            let outcome = script("race-delete", ["\(container.process)"])
            expect(outcome.output, is: "", "\(outcome)")
            expect(host.nics.count, is: 12)
            expect(Set(host.rowNICs) == Set(host.nics))
        }
    }
}

extension Host {
    /// The NICs that the ledger's rows name.
    var rowNICs: [String] { ledger.compactMap { $0.split(separator: " ").last.map(String.init) } }
}
