import TestSupport
import Testing

/// Process IDs are reused.
@Suite(.enabled(if: Host.obstacle == nil, "\(Host.obstacle ?? "")"))
struct ProcessNumbers {
    @Test("a process ID that now belongs to another user's container gets no NIC")
    func reused() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.enter()
            host.addBridges("br0")
            host.allow("eve veth br0 2", "bob veth br0 2")
            let first = Container(of: 2000)
            first.end(host)
            let gone = Program.ours.create(first, on: "br0")
            expect(gone.status, is: 1)

            let bobs = try #require(container(of: 2001, under: first.process))
            let eves = Program.ours.create(bobs, on: "br0")
            expect(eves.status, is: 1)
            // The message must not tell whether the process has ended or belongs to another user.
            expect(eves.errorOutput, is: gone.errorOutput)
            expect(host.nics, is: [])
            expect(Answer(Program.ours.create(bobs, on: "br0", as: 2001)) != nil)
        }
    }
}

/// A container whose process has this ID, because ns_last_pid sets the kernel's counter.
private func container(of user: Int, under number: Int32) -> Container? {
    for attempt in Int32(0)..<60 {
        let before = attempt % 6 + 1
        shell("echo \(number - before) > /proc/sys/kernel/ns_last_pid")
        let container = Container(of: user)
        if container.process == number { return container }
    }
    return nil
}
