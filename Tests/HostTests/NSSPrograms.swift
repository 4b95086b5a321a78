import Glibc
import TestSupport
import Testing

/// berth-nic, linked statically, and berth-nic.nss, which it executes if only NSS knows the caller.
@Suite(.enabled(if: obstacle == nil, "\(obstacle ?? "")"))
struct NSSPrograms {
    private static let program = "/run/test/bin/berth-nic.nss"

    @Test("if the files are sufficient, no second program is needed")
    func files() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            shell("rm \(Self.program)")
            write("passwd: files systemd\ngroup: files systemd\n", to: "/etc/nsswitch.conf")
            host.allow("eve veth br0 1", "@team veth br0 1")
            shell("echo team:x:2010:eve >>/etc/group")
            let container = Container(of: 2000)
            for _ in 1...2 {
                let outcome = Program.ours.create(container, on: "br0", groups: [2010])
                expect(Answer(outcome) != nil, "\(outcome)")
            }
            expect(host.rowNICs.count, is: 2)
        }
    }

    @Test("a line with the user's number is left to NSS if other sources follow")
    func numbers() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            write("passwd: files systemd\ngroup: files systemd\n", to: "/etc/nsswitch.conf")
            host.allow("2000 veth br0 1")
            let container = Container(of: 2000)
            let outcome = Program.ours.create(container, on: "br0")
            expect(Answer(outcome) != nil, "\(outcome)")
            shell("rm \(Self.program)")
            let missing = Program.ours.create(container, on: "br0")
            expect(missing.status, is: 1)
            expect(missing.errorOutput.contains("berth-nic.nss"), "\(missing)")
            expect(missing.errorOutput.contains("install Berth again"), "\(missing)")
            expect(missing.errorOutput.count { $0 == "\n" }, is: 1)
            expect(host.isInOrder(with: 1))
        }
    }

    @Test(
        "a second program that others can write is not executed",
        arguments: [
            "chmod 777 /run/test/bin/berth-nic.nss", "chown 2000 /run/test/bin/berth-nic.nss",
            "chmod 777 /run/test/bin",
            "rm /run/test/bin/berth-nic.nss; mkfifo /run/test/bin/berth-nic.nss",
        ])
    func untrusted(deed: String) async {
        await #expect(processExitsWith: .success) { [deed = deed as String] in
            let host = try Host.withCarol()
            shell(deed)
            let outcome = Program.ours.create(Container(of: 5000), on: "br0", as: 5000)
            expect(outcome.status, is: 1)
            expect(
                outcome.errorOutput.contains("not trusted")
                    || outcome.errorOutput.contains("not a regular file"), "\(outcome)")
            expect(host.isInOrder(with: 0))
        }
    }

    /// A user may be able to link a setuid program to a directory of their own, to which they can
    /// add any file.
    @Test("through a link in a user's directory, the program executes nothing of that directory")
    func linked() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withCarol()
            let second = "/run/test/own/berth-nic.nss"
            shell("mkdir /run/test/own && ln /run/test/bin/ours-nic /run/test/own/berth-nic")
            write("#!/bin/sh\ntouch /run/test/own/done\n", to: second)
            shell("chmod 755 \(second); chown 5000 \(second) /run/test/own")
            let container = Container(of: 5000)
            let outcome = run([
                "setpriv", "--reuid", "5000", "--regid", "5000", "--clear-groups",
                "/run/test/own/berth-nic", "create", "/p", "n", "\(container.process)", "veth",
                "br0",
            ])
            expect(outcome.status, is: 1)
            expect(outcome.errorOutput.contains("not trusted"), "\(outcome)")
            expect(!shell("test -e /run/test/own/done").succeeded)
            expect(host.isInOrder(with: 0))
        }
    }

    /// The directory is continuously swapped with a link to a directory that root owns. A user
    /// could do so with a hard link to the program in a directory of their own.
    @Test("if a directory changes while it is opened, nothing else is executed")
    func exchanged() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withCarol()
            let container = Container(of: 5000)
            let said = python(
                "exchange-directory", [Program.ours.installed, "\(container.process)"])
            expect(said.succeeded, "\(said)")
            // Each run either found the directory, which is carol's, or none.
            expect(said.lines.allSatisfy { $0.hasPrefix("berth-nic: ") }, "\(said)")
            expect(said.lines.count, is: 300)
            expect(host.isInOrder(with: 0))
        }
    }
}

extension Host {
    /// Carol, user 5000, may have a NIC, and only NSS knows her.
    fileprivate static func withCarol() throws -> Host {
        let host = try Host.withBridge()
        host.useExtraUsers()
        write("carol:x:5000:5000::/run:/bin/sh\n", to: "/var/lib/extrausers/passwd")
        host.allow("carol veth br0 1")
        return host
    }
}

private var obstacle: String? {
    if let obstacle = Host.obstacle { return obstacle }
    return access(Program.ours.path + ".nss", F_OK) == 0
        ? nil : "\(Program.ours.path) is not linked statically"
}
