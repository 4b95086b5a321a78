import Glibc
import TestSupport
import Testing

/// The lines of berth-nic in the system's log.
@Suite(.enabled(if: Host.obstacle == nil, "\(Host.obstacle ?? "")"))
struct AuditLines {
    @Test("a NIC that is created, refused or deleted is logged, and no name forges a field")
    func lines() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            host.allow("# first", "eve veth br0 1")
            let log = try Log.receive()
            let container = Container(of: 2000)
            let name = "x line=9\nforged \u{1b}[31m"
            let run = { (words: [String]) in Program.ours.run(words) }
            let create = ["create", "/p q", name, "\(container.process)", "veth", "br0"]
            let nic = try #require(Answer(run(create)))
            let who = #"container=x\040line=9\012forged\040\033[31m lxcpath=/p\040q"#
            let made = try #require(log.lines(1).last)
            expect(
                made.hasPrefix(
                    "<86>berth-nic: create uid=2000 user=eve bridge=br0 interface=\(nic.hostName) "
                        + "address=b2:bf:"), made)
            expect(
                made.hasSuffix(
                    " line=2 used=1 allowed=1 \(who) "
                        + #"nic=eve/x\040line=9\012forged\040\033[31m"#), made)

            expect(run(create).status, is: 1)
            let refused = try #require(log.lines(2).last)
            expect(
                refused.hasPrefix(
                    "<86>berth-nic: refuse uid=2000 bridge=br0 \(who) reason: quota reached: "),
                refused)
            expect(run(create.dropLast() + ["br9"]).status, is: 1)
            expect(log.lines(3).last?.contains("reason: the bridge br9 does not exist"), is: true)

            let deleted = Program.ours.run([
                "delete", "/p q", name, "/proc/\(container.process)/ns/net", "veth", "br0",
                nic.hostName,
            ])
            expect(deleted.status, is: 0, "\(deleted)")
            expect(
                log.lines(4).last,
                is: "<86>berth-nic: delete uid=2000 user=eve bridge=br0 interface=\(nic.hostName) "
                    + who)
            expect(log.lines(4).count, is: 4)
        }
    }

    @Test("long names do not push the other fields out of a line of 1024 bytes")
    func longNames() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            host.allow("eve veth br0 1")
            let log = try Log.receive()
            let process = "\(Container(of: 2000).process)"
            let long = String(repeating: "\n", count: 250)
            let create = ["create", "/\(long)", long, process, "veth", "br0"]
            expect(Program.ours.run(create).status, is: 0)
            let made = String(try #require(log.lines(1).last).prefix(1000))
            expect(made.contains(" line=1 used=1 allowed=1 "), made)
            expect(Program.ours.run(create).status, is: 1)
            let refused = String(try #require(log.lines(2).last).prefix(1000))
            expect(refused.contains(" uid=2000 bridge=br0 "), refused)
            expect(refused.contains(" reason: quota reached: "), refused)
        }
    }

    @Test("a request is logged even if the user sets the helper's limit on descriptors to 0")
    func noDescriptors() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            host.allow("eve veth br0 1")
            host.setLedger("")
            let log = try Log.receive()
            let process = Container(of: 2000).process
            let outcome = script("create-without-descriptors", ["\(process)"])
            // The settings of the new NIC cannot be changed, so it is removed again.
            expect(outcome.status, is: 1, "\(outcome)")
            expect(host.isInOrder(with: 0))
            let lines = log.lines(2)
            expect(lines.first?.contains(": create uid=2000 "), is: true, "\(lines)")
            expect(lines.last?.contains(": refuse uid=2000 "), is: true, "\(lines)")
        }
    }

    @Test("a log that nothing receives, or that is full, delays no start")
    func busy() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            shell("bash \(scriptPath("private-dev.sh"))")
            expect(try NIC("web", Container(of: 2000)).address.hasPrefix("b2:bf"))
            start("exec python3 \(scriptPath("receive-log.py"))")
            for _ in 1...500 where access("/run/test/log-is-full", F_OK) != 0 { usleep(20_000) }
            expect(access("/run/test/log-is-full", F_OK), is: 0)
            for number in 1...3 {
                let outcome = Program.ours.create(
                    Container(of: 2000), on: "br0", prefix: "exec timeout 5")
                expect(outcome.status, is: 0, "\(number): \(outcome)")
            }
            expect(host.ledger.count, is: 4)
        }
    }
}

private struct Log {
    private static let file = "/run/test/log"

    static func receive() throws -> Log {
        shell("bash \(scriptPath("private-dev.sh"))")
        start("exec python3 \(scriptPath("receive-log.py")) \(file)")
        for _ in 1...500 where access(file, F_OK) != 0 { usleep(20_000) }
        try #require(access(file, F_OK) == 0)
        return Log()
    }

    /// The lines, once there are that many.
    func lines(_ count: Int) -> [String] {
        for _ in 1...500 {
            let lines = contents(of: Self.file).split(separator: "\n").map(String.init)
            if lines.count >= count { return lines }
            usleep(20_000)
        }
        return contents(of: Self.file).split(separator: "\n").map(String.init)
    }
}
