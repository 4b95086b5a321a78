import TestSupport
import Testing

/// Logins through PAM. session.py replaces su(1), which runs PAM's modules and is moved.
@Suite(.oneAtATime, .enabled(if: CgroupHost.obstacle == nil, "\(CgroupHost.obstacle ?? "")"))
struct Logins {
    private static let command = "/run/test/bin/berth-pam /run/test/bin/berth-cgroup pam"
    /// The substitute for su(1).
    static let session = sources + "/Tests/CgroupAdminTests/session.py"
    private static let application = "/usr/bin/python3 '\(session)'"

    /// - Parameter orders: see session.py.
    private static func session(_ orders: String...) -> String {
        "\(application) <<'END'\n\(orders.joined(separator: "\n"))\nEND\n"
    }

    @Test("a session is in a cgroup of its user until it closes")
    func session() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.withoutSetup("eve *")
            defer { host.leave() }
            host.service("setup")
            let result = shell(
                Logins.session(
                    "open eve su../-l with more than thirty-two bytes", "place",
                    "sh find /sys/fs/cgroup$(sed -n s/^0:://p /proc/self/cgroup) ! -user eve "
                        + "! -group eve",
                    "open eve su", "place", "close eve su", "place", "close eve su", "place",
                    "sh ls \(CgroupHost.top)/u2000 | grep -c ^run-"))
            expect(result.lines.count, is: 5, "\(result)")
            expect(
                result.lines[0].wholeMatch(
                    of: /\/berth\/u2000\/run-[0-9a-z]{8}-su-lwithmorethanthirty-twobytes/) != nil,
                "\(result)")
            expect(
                result.lines[1], is: result.lines[0],
                "a second open, as with the line in two PAM files"
            )
            expect(result.lines[2...], is: ["/", "/", "0"], "\(result)")
            expect(result.errorOutput, is: "")
        }
    }

    @Test("after su to another user, a session returns to the cgroup of the first")
    func nested() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.withoutSetup("eve *", "@team *")
            defer { host.leave() }
            host.service("setup")
            // Another process in the session is not eve's login, and is not moved back.
            shell(
                "printf '%s\\n' 'close eve su' place 'open bob su' place 'close bob su' place "
                    + ">/run/test/orders"
            )
            let result = shell(
                Logins.session(
                    "open eve login", "place", "sh \(Logins.application) </run/test/orders",
                    // A session of another user is not moved back.
                    "close bob login", "place", "open root su", "place", "open daemon su", "place",
                    "open nobodyhere su", "place", "close eve login", "place"))
            let own = result.lines.first ?? ""
            expect(result.lines.count, is: 9, "\(result)")
            expect(result.lines[1], is: own)
            expect(result.lines[2].hasPrefix("/berth/u2001/run-"), "\(result)")
            expect(result.lines[3...7].allSatisfy { $0 == own }, "\(result)")
            expect(result.lines[8], is: "/")
            expect(host.leaves(), is: [])
            expect(host.leaves(of: CgroupHost.bob), is: [])
        }
    }

    @Test("a session with limits that an administrator set is not moved, and no login fails")
    func limited() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.withoutSetup("eve *")
            defer { host.leave() }
            let before = shell(Logins.session("open eve su", "place"))
            expect(before.output, is: "/\n", "not set up: \(before)")
            host.service("setup")
            shell("mkdir -p /sys/fs/cgroup/openrc.berth-test /sys/fs/cgroup/berth-limited/deep")
            func login(from place: String) -> String {
                shell(
                    "echo $$ > /sys/fs/cgroup/\(place)/cgroup.procs; "
                        + Logins.session("open eve su", "place", "close eve su", "place")
                ).output
            }
            let free = login(from: "openrc.berth-test").split(separator: "\n")
            expect(free.first?.hasPrefix("/berth/u2000/run-") == true, "\(free)")
            expect(free.last ?? "", is: "/openrc.berth-test")
            shell("echo 2M > /sys/fs/cgroup/openrc.berth-test/hugetlb.2MB.max")
            let bound = login(from: "openrc.berth-test")
            expect(bound, is: "/openrc.berth-test\n/openrc.berth-test\n")
            expect(
                login(from: "berth-limited/deep"), is: "/berth-limited/deep\n/berth-limited/deep\n")
            // An untrusted file, an invalid line, and a host with systemd.
            shell("chmod 666 /etc/lxc/lxc-usercgroup")
            expect(shell(Logins.session("open eve su", "place")).output, is: "/\n")
            host.allow("eve cpu")
            expect(shell(Logins.session("open eve su", "place")).output, is: "/\n")
            host.allow("eve *")
            shell("mkdir -p /run/systemd/system")
            expect(shell(Logins.session("open eve su", "place")).output, is: "/\n")
            shell("rmdir /run/systemd/system")
            let unprivileged = host.run(
                "PAM_TYPE=open_session PAM_USER=eve \(Logins.command)", as: CgroupHost.eve)
            expect(unprivileged.status, is: 1)
            expect(unprivileged.errorOutput.contains("seteuid"), "\(unprivileged)")
            let direct = shell("PAM_TYPE=open_session PAM_USER=eve /run/test/bin/berth-cgroup pam")
            expect(direct.status, is: 1)
            expect(direct.errorOutput.contains("through berth-pam"), "\(direct)")
        }
    }

    /// pam_env(8) passes variables from a file of the user to pam_exec(8): when a session opens, if
    /// its line comes first; when it closes, always. LD_DEBUG shows what the loader loads.
    @Test("variables that a user sets through PAM do not reach programs that run as root")
    func variables() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.withoutSetup("eve *", "bob *")
            defer { host.leave() }
            host.service("setup")
            let own = contents(of: "\(sources)/etc/pam/berth-session").split(separator: "\n")
                .filter { !$0.hasPrefix("#") }.joined()
                .replacing("@libexecdir@/berth", with: "/run/test/bin")
                .replacing("@sbindir@", with: "/run/test/bin")
            let login = "\(sources)/Tests/CgroupAdminTests/login.py"
            let result = script("pam-environment", [login, own])
            expect(result.lines.count, is: 5, "\(result)")
            for (line, service) in [
                (result.lines[0], "berth-before"), (result.lines[2], "berth-behind"),
            ] {
                expect(line.hasPrefix("/berth/u2000/run-") && line.hasSuffix(service), line)
            }
            // Without berth-pam, the variables reach these programs.
            expect(
                [result.lines[1], result.lines[3], result.lines[4]], is: ["/", "/", "/bin/true"])
            expect(host.leaves(), is: [])
        }
    }

    @Test("berth-pam inherits no limits and no directory from the caller of su, and dumps no core")
    func surroundings() {
        let result = shell(
            """
            cd /tmp; umask 077; exec prlimit --core=unlimited --stack=1048576: --data=10000000: \
              '\(variable("BERTH_PAM") ?? "")' /bin/sh -c \
              'ulimit -c; ulimit -s; ulimit -d; pwd; umask'
            """)
        expect(result.lines, is: ["0", "8192", "unlimited", "/", "0022"], "\(result)")
        let tuned = script("glibc-tunables", [variable("BERTH_PAM") ?? ""])
        expect(tuned.lines, is: ["lives"], "\(tuned)")
    }

    @Test("a user cannot forge the former cgroup of a session")
    func forged() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.withoutSetup("eve *", "bob *")
            defer { host.leave() }
            host.service("setup")
            shell("mkdir -p /sys/fs/cgroup/berth-other")
            shell("cp '\(scriptPath("forge-origin.py"))' /run/test/")
            let eve = "exec setpriv --reuid 2000 --regid 2000 --clear-groups"
            let result = shell(
                Logins.session(
                    "open eve su", "sh \(eve) python3 /run/test/forge-origin.py", "close eve su",
                    "place"))
            expect(result.lines, is: ["/berth/u2000/run-hers"], "\(result)")
        }
    }
}

private let sources = String(#filePath.dropLast("/Tests/CgroupAdminTests/Logins.swift".count))
