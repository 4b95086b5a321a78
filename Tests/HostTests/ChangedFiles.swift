import TestSupport
import Testing

/// A user stops berth-nic while it reads a file, and continues it after root has changed the file.
@Suite(.enabled(if: Host.obstacle == nil, "\(Host.obstacle ?? "")"))
struct ChangedFiles {
    @Test(
        "a file that changes while it is read is read again",
        arguments: [
            ("/etc/lxc/lxc-usernet", "eve veth br0 0", "eve veth br0 1"),
            ("/etc/passwd", "eve:x:2000:", "adam:x:2000:"),
            ("/etc/group", "eve:x:2000:", "apes:x:2000:"),
        ])
    func changed(file: String, before: String, after: String) async {
        await #expect(processExitsWith: .success) {
            [file = file as String, before = before as String, after = after as String] in
            let host = try Host.enter()
            host.addBridges("br0")
            let isPolicy = file.hasSuffix("lxc-usernet")
            host.allow(isPolicy ? before : "adam veth br0 1", "@apes veth br0 1")
            shell("sed 's/^\(before)/\(after)/' \(file) >/run/test/new")
            expect(contents(of: "/run/test/new").contains(after))
            let outcome = script("changed-file", [file, "\(Container(of: 2000).process)"])
            expect(outcome.status, is: 0, "\(outcome)")
            expect(host.nics.count, is: 1)
        }
    }

    @Test("two versions of lxc-usernet, each of which grants one NIC, do not grant two")
    func torn() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.enter()
            host.addBridges("br0")
            host.allow("eve veth br0 1")
            write("# NICs of students\neve veth br0 1\n", to: "/run/test/new")
            let container = Container(of: 2000)
            expect(Program.ours.create(container, on: "br0").status, is: 0)
            let outcome = script("changed-file", ["/etc/lxc/lxc-usernet", "\(container.process)"])
            expect(outcome.status, is: 1, "\(outcome)")
            expect(outcome.output.contains("1 of 1 NICs"), "\(outcome)")
            expect(host.nics.count, is: 1)
        }
    }
}
