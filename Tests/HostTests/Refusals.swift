import Glibc
import TestSupport
import Testing

/// Every refusal that a test can cause: one line that says what is wrong and how to fix it, exit
/// status 1, and no change of the host.
@Suite(.enabled(if: Host.obstacle == nil, "\(Host.obstacle ?? "")"))
struct Refusals {
    /// What root did to the host, and the words of the message to eve.
    struct Case: Codable, Sendable {
        let deed: String
        let words: [String]
        init(_ deed: String, _ words: String...) { (self.deed, self.words) = (deed, words) }
    }

    static let usernet = "/etc/lxc/lxc-usernet"
    static let distrust = "is not trusted because users other than root can write it"
    static let fix = "as root, run chown root:root and chmod go-w on it"
    static let notSetuid = "is not setuid root, is on a file system mounted nosuid"

    @Test(
        "files and directories that others can write, or of the wrong type, are refused",
        arguments: [
            Case("rm \(usernet)", "\(usernet) does not exist", "as root, create it", "alice veth"),
            Case("chmod g+w \(usernet)", "\(usernet) \(distrust)", fix),
            Case("chmod o+w \(usernet)", "\(usernet) \(distrust)", fix),
            Case("chown 2000 \(usernet)", "\(usernet) \(distrust)", fix),
            Case("chmod g+w /etc/lxc", "/etc/lxc \(distrust)", fix),
            Case("chmod 1777 /etc/lxc", "/etc/lxc \(distrust)", fix),
            Case("chown 2000 /etc/lxc", "/etc/lxc \(distrust)", fix),
            Case(addACL(to: usernet), "\(usernet) \(distrust)", fix),
            Case(addACL(to: "/etc/lxc"), "/etc/lxc \(distrust)", fix),
            Case(
                "mv \(usernet) /run/test/u; chown 2000 /run/test/u; ln -s /run/test/u \(usernet)",
                "\(usernet) \(distrust)", fix),
            Case("rm \(usernet); mkdir \(usernet)", "\(usernet) is not a regular file", "as root"),
            Case("rm \(usernet); mkfifo \(usernet)", "\(usernet) is not a regular file", "as root"),
            Case("rm \(usernet); ln -s \(usernet) \(usernet)", "cannot read \(usernet): \(loop)"),
            Case("ln -s /run/test /run/lxc", "/run/lxc is not a directory", "as root, remove it"),
            Case("echo > /run/lxc", "/run/lxc is not a directory", "as root, remove it"),
            Case("mkdir -m 775 /run/lxc", "/run/lxc \(distrust)", fix),
            Case("mkdir -m 1777 /run/lxc", "/run/lxc \(distrust)", fix),
            Case("mkdir /run/lxc; chown 2000 /run/lxc", "/run/lxc \(distrust)", fix),
            Case("mkdir /run/lxc; \(addACL(to: "/run/lxc"))", "/run/lxc \(distrust)", fix),
            Case(
                "mkdir /run/lxc; ln -s \(usernet) /run/lxc/nics",
                "cannot open /run/lxc/nics: \(loop)"),
            Case("mkdir -p /run/lxc/nics", "cannot open /run/lxc/nics: Is a directory"),
            Case("mkdir /run/lxc; mkfifo /run/lxc/nics", "/run/lxc/nics is not a regular file"),
            Case("install -Dm 666 /dev/null /run/lxc/nics", "/run/lxc/nics \(distrust)", fix),
            Case("install -Do 2000 /dev/null /run/lxc/nics", "/run/lxc/nics \(distrust)", fix),
            Case(
                "mount -o remount,ro /run", "cannot create the directory /run/lxc: Read-only file"),
            Case(
                "chmod 755 /run/test/bin/*", notSetuid,
                "as root, run chown root and chmod 4755 on it"),
            Case("chown 2001 /run/test/bin/*; chmod 4755 /run/test/bin/*", notSetuid),
            Case(
                """
                mount --bind /run/test/bin /run/test/bin
                mount -o remount,bind,nosuid /run/test/bin
                """, notSetuid, "mounted nosuid"),
        ])
    func files(_ one: Case) async {
        await #expect(processExitsWith: .success) { [one = one as Case] in
            let host = try Host.withBridge()
            let container = Container(of: 2000)
            let done = shell(one.deed)
            expect(done.succeeded, one.deed + done.errorOutput)
            let outcome = Program.ours.create(
                container, on: "br0", prefix: "exec timeout -s KILL 60")
            expectRefusal(outcome, one.words)
            expect(host.nics, is: [])
        }
    }

    @Test("a request that the policy or the host does not allow is refused with its reason")
    func requests() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            shell("ip link add one type veth peer name two")
            let mine = Container(of: 2000)
            func create(_ bridge: String, _ lines: [String], _ name: String? = nil) -> Outcome {
                write(lines.map { $0 + "\n" }.joined(), to: Refusals.usernet)
                return Program.ours.create(mine, on: bridge, named: name)
            }
            let nobody = "no line in /etc/lxc/lxc-usernet allows user eve a veth on br0"
            expectRefusal(
                create("br0", ["bob veth br0 1", "eve veth br1 1", "@bob veth br0 1"]),
                [nobody + ": as root, add \"eve veth br0 10\""])
            let faults = [
                "eve veth br0": "it has fewer than the four fields USER TYPE BRIDGE COUNT",
                "eve macvlan br0 1": "the type \"macvlan\" is not veth",
                "eve veth b/r0 1": "\"b/r0\" is not a valid bridge name",
                "eve veth br0 many": "the count \"many\" is not a number",
                "eve veth br0 -1": "the count \"-1\" is not a number",
                "eve veth br0 99999999999999999999": "is not a number",
                "eve veth br0 1 isolate":
                    "the option \"isolate\" is unknown; the options are each",
                "eve veth br0 1 mtu=67": "\"mtu=67\" is not an MTU from 68 to 65535",
                "eve veth br0 1 mtu=": "\"mtu=\" is not an MTU",
            ]
            for (line, fault) in faults {
                expectRefusal(create("br0", ["#", line]), [nobody, "line 2 is ignored: ", fault])
            }
            let missing = "the bridge br9 does not exist: start the service that creates it"
            expectRefusal(create("br9", ["eve veth br9 1"]), [missing, "lxc.net.N.link"])
            for name in ["one", "lo"] {
                let outcome = create(name, ["eve veth \(name) 1"])
                expectRefusal(outcome, ["\(name) is a network interface but not a bridge", "link"])
            }
            let all = ["eve veth br0 9"]
            expectRefusal(
                create("br0", all, "lo"), ["already has an interface lo", "lxc.net.N.name"])
            // A name that the kernel reserves.
            expectRefusal(
                create("br0", all, "all"), ["cannot create veth2000_", "Invalid argument"])
            expect(host.ledger, is: [])
            expect(create("br0", all, "lan").succeeded)
            expectRefusal(create("br0", all, "lan"), ["already has an interface lan"])
            let used = "quota reached: user eve has 1 of 1 NICs on br0, which"
            expectRefusal(
                create("br0", ["eve veth br0 1"]), [used, "line 1 of /etc/lxc/lxc-usernet"])
            expectRefusal(
                create("br0", ["eve veth br0 0", "", "eve veth br0 1"]), [used, "lines 1 and 3 of"])
            let three = ["eve veth br0 0", "@eve veth br0 0", "eve veth br0 1", "bob veth br0 5"]
            expectRefusal(
                create("br0", three), [used, "lines 1, 2 and 3", "allow:", "increase the count"])
            expect(host.nics.count, is: 3)
            expect(host.ledger.count, is: 1)

            let nic = host.ledger[0].split(separator: " ")[3]
            for (nic, bridge) in [("veth2000_none", "br0"), (String(nic), "none"), ("one", "br0")] {
                let outcome = Program.ours.delete(nic, of: mine, on: bridge)
                expectRefusal(
                    outcome, ["no NIC \(nic) on \(bridge)", "/run/lxc/nics lists all NICs"])
            }
            expect(host.ledger.count, is: 1)
        }
    }

    @Test("malformed arguments are refused in any position")
    func arguments() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            let mine = Container(of: 2000)
            let create = "create /p n $1 veth br0 eth7"
            let delete = "delete /p n /proc/$1/ns/net veth br0 veth2000_none"
            let wrong = [
                #"$'\xff\xfe'"#, #"$'a\nb'"#, #"$'\e[31m'"#, #"$'\x7f'"#, #"$'a\tb'"#,
                #"$'\xc3\xa9'"#,
                "$(printf %0102400d 0)", "%s%n", "''", "'a b'", "-1", "0", "18446744073709551617",
            ]
            for (verb, words) in [("create", create), ("delete", delete)] {
                for word in wrong {
                    for position in [0, 3, 4, 5, 6] where position < 6 || word != "''" {
                        if verb == "delete", position == 6 && ["-1", "0"].contains(word) {
                            continue
                        }
                        if position == 6 && ["-1", "0", "%s%n"].contains(word) { continue }
                        let outcome = eve(
                            "words=(\(words)); words[\(position)]=\(word); exec $0 \"${words[@]}\"",
                            mine)
                        expectRefusal(outcome, [], "\(verb) \(position) \(word)")
                    }
                }
            }
            for count in 0...8 where count < 6 || count == 8 {
                let words = ["create", "/p", "n", "1", "veth", "br0", "x", "y"].prefix(count)
                expectRefusal(
                    Program.ours.run(Array(words)), ["usage: create LXCPATH NAME PID veth BRIDGE"])
            }
            // Without argv[0]; as root, because no shell can do that.
            var process: pid_t = 0
            expect(posix_spawn(&process, Program.ours.installed, nil, nil, [nil], [nil]), is: 0)
            var status: Int32 = -1
            expect(waitpid(process, &status, 0), is: process)
            expect(status, is: 1 << 8, "argc 0")
            expect(host.isInOrder(with: 0))
            // LXCPATH and NAME are not interpreted, whatever they are.
            for (number, word) in wrong.enumerated() {
                let outcome = eve("exec $0 create \(word) \(word) $1 veth br0", mine)
                expect(Answer(outcome) != nil, "\(word): \(outcome)")
                expect(host.isInOrder(with: number + 1))
            }
        }
    }

    @Test("create fails without /dev, with no_new_privs, or outside the host's network namespace")
    func footing() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            let words = "create /p n \(Container(of: 2000).process) veth br0"
            let eve = "setpriv --reuid 2000 --regid 2000 --clear-groups"
            let helper = "\(Program.ours.installed) \(words)"
            let noDevices = shell(
                "unshare -m bash -c 'mount -t tmpfs tmpfs /dev; exec \(eve) \(helper)'")
            expectRefusal(
                noDevices,
                ["cannot reset the inherited state of this process: No such file or directory"])
            expectRefusal(
                shell("\(eve) --no-new-privs \(helper)"), ["was started with no_new_privs"])
            let elsewhere = "ip link add br0 type bridge; exec \(eve) \(helper)"
            expectRefusal(
                shell("unshare -n bash -c '\(elsewhere)'"),
                ["not the host's, which is that of process 1"])
            expect(host.isInOrder(with: 0))
        }
    }

    @Test("a process outside eve's containers is refused, always with the same sentence")
    func processes() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            let below = Container(of: 2000, "-Urn unshare -Urn")
            let answer = try #require(Answer(Program.ours.create(below, on: "br0")))
            let dead = shell("setpriv --reuid 2000 true & echo $!; wait").lines[0]
            let onHost = shell("setpriv --reuid 2000 sleep 60 > /dev/null & echo $!").lines[0]
            let others = [
                "\(Container(of: 0, "-Urn").process)", "\(Container(of: 0, "-n").process)", dead,
                "\(Container(of: 2001).process)",
                "\(Container(of: 2001, "-Urn unshare -Un").process)",
                "\(Container(of: 2000, in: "roots").process)", onHost, "1", "2147483647",
            ]
            for process in others {
                expectRefusal(
                    Program.ours.run(["create", "/p", "n", process, "veth", "br0"]), [notYours],
                    process)
            }
            expect(host.isInOrder(with: 1))
            expect(Program.ours.delete(answer.hostName, of: below, on: "br0").output, is: "\n")
        }
    }

    @Test("a path to anything but the container's network namespace is refused in the same way")
    func paths() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            shell("mkfifo -m 666 /run/test/fifo")
            let mine = Container(
                of: 2000,
                """
                -Urn bash -c 'exec 3</etc/hosts 4<>/run/test/fifo 5</run/test/fifo 4>&- \\
                  6</proc/self/ns/user 7<>/dev/ptmx 8</proc/self/ns/net 9</; exec "$@"' x
                """)
            let answer = try #require(Answer(Program.ours.create(mine, on: "br0")))
            let own = "/proc/\(mine.process)"
            let bobs = Container(of: 2001)
            let onHost = shell("setpriv --reuid 2000 sleep 60 > /dev/null & echo $!").lines[0]
            let paths = [
                "\(own)/fd/3", "\(own)/fd/5", "\(own)/fd/6", "\(own)/fd/7", "\(own)/fd/9",
                "\(own)/fd/99",
                "\(own)/fd/-1", "\(own)/fd/8/", "\(own)/fd//8", "\(own)/ns/user", "\(own)/ns/mnt",
                own,
                "/proc/self/ns/net", "/proc/thread-self/ns/net",
                "/proc/../proc/\(mine.process)/ns/net",
                "/\(own)/ns/net", "\(own)/ns/../ns/net", "\(own)/task/\(mine.process)/ns/net",
                String("\(own)/ns/net".dropFirst()), "/etc/hosts", "/run/test/fifo", "", "/", "net",
                "/proc/\(bobs.process)/ns/net", "/proc/\(onHost)/ns/net", "/proc/1/ns/net",
                "/proc/\(onHost)/fd/0", "/proc/4294967297/ns/net", "/proc/-1/ns/net",
            ]
            for path in paths {
                let outcome = Program.ours.run(
                    ["delete", "/p", "n", path, "veth", "br0", answer.hostName],
                    prefix: "exec timeout -s KILL 60")
                expectRefusal(outcome, [notYours], path)
            }
            expect(host.isInOrder(with: 1))
            let words = ["delete", "/p", "n", "\(own)/fd/8", "veth", "br0", answer.hostName]
            expect(Program.ours.run(words).output, is: "\n")
        }
    }
}

/// The C library's text for ELOOP.
private let loop = Program.isForMusl ? "Symbolic link loop" : "Too many levels of symbolic links"
private let notYours =
    "the container's network namespace does not exist or does not belong to the caller: start "
    + "the container unprivileged, as the user who owns it"

private func expectRefusal(
    _ outcome: Outcome, _ words: [String], _ note: String = "", line: Int = #line
) {
    let bytes = Array(outcome.errorOutput.utf8)
    expect(outcome.status, is: 1, "\(note) \(outcome)", line: line)
    expect(outcome.output, is: "", note, line: line)
    expect(outcome.errorOutput.hasPrefix("berth-nic: "), "\(note) \(outcome)", line: line)
    expect(bytes.count <= 4095 && bytes.last == 0x0a, note, line: line)
    expect(bytes.dropLast().allSatisfy { (0x20...0x7e).contains($0) }, note, line: line)
    for word in words {
        expect(outcome.errorOutput.contains(word), "\(word): \(outcome)", line: line)
    }
}

/// A command that lets bob write a file.
private func addACL(to path: String) -> String { "setfacl -m u:2001:rw \(path)" }
