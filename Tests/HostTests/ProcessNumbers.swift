import TestSupport
import Testing

/// PID is a number, and numbers come round again.
@Suite(.enabled(if: Host.obstacle == nil, "\(Host.obstacle ?? "")"))
struct ProcessNumbers {
    @Test("a number that is somebody else's by now is somebody else's container")
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
            // Neither that it is gone nor that it is another's is to be learnt from the answer.
            expect(eves.complaint, is: gone.complaint)
            expect(host.nics, is: [])
            expect(Answer(Program.ours.create(bobs, on: "br0", as: 2001)) != nil)
        }
    }
}

/// A container whose process has just that number: the kernel is told where to go on counting.
private func container(of user: Int, under number: Int32) -> Container? {
    for attempt in Int32(0)..<60 {
        let before = attempt % 6 + 1
        shell("echo \(number - before) > /proc/sys/kernel/ns_last_pid")
        let container = Container(of: user)
        if container.process == number { return container }
    }
    return nil
}
