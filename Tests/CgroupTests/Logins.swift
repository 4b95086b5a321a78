import TestSupport
import Testing

/// What PAM has done at a login: a shell stands for su(1), which calls it and is moved.
@Suite(.serialized, .enabled(if: Lab.obstacle == nil, "\(Lab.obstacle ?? "")"))
struct Logins {
    private static let command = "/run/test/bin/berth-pam /run/test/bin/berth-cgroup pam"
    private static let tools = """
        pam="\(command)"
        pam() { PAM_TYPE=$1_session PAM_USER=$2 PAM_SERVICE=$3 $pam || echo failed; }
        place() { sed -n 's/^0:://p' /proc/self/cgroup; }

        """

    @Test("a session is in a leaf of its user's, and goes back when it closes")
    func session() async {
        await #expect(processExitsWith: .success) {
            let lab = try Lab.enter("eve *")
            defer { lab.leave() }
            lab.service("setup")
            let told = shell(
                Logins.tools + """
                    pam open eve 'su../-l with more than thirty-two bytes'; place
                    find /sys/fs/cgroup$(place) ! -user eve ! -group eve
                    pam open eve su; place
                    pam close eve su; place; pam close eve su; place
                    ls \(Lab.top)/u64000 | grep -c ^run-
                    """)
            expect(told.lines.count, is: 5, "\(told)")
            expect(
                told.lines[0].wholeMatch(
                    of: /\/berth\/u64000\/run-[0-9a-z]{8}-su-lwithmorethanthirty-twobytes/) != nil,
                "\(told)")
            expect(told.lines[1], is: told.lines[0], "its line stands in two files")
            expect(told.lines[2...], is: ["/", "/", "0"], "\(told)")
            expect(told.complaint, is: "")
        }
    }

    @Test("su from one user's session to another's comes back to the first")
    func nested() async {
        await #expect(processExitsWith: .success) {
            let lab = try Lab.enter("eve *", "@team *")
            defer { lab.leave() }
            lab.service("setup")
            let told = shell(
                Logins.tools + """
                    pam open eve login; place
                    # Another process in the same session is not eve's login, and not taken back.
                    bash -c '\(Logins.tools)pam close eve su; place; pam open bob su; place
                      pam close bob su; place; sleep 0'
                    # Nobody takes back a session of another user's.
                    pam close bob login; place
                    pam open root su; place; pam open daemon su; place; pam open nobodyhere su; place
                    pam close eve login; place
                    """)
            let own = told.lines.first ?? ""
            expect(told.lines.count, is: 9, "\(told)")
            expect(told.lines[1], is: own)
            expect(told.lines[2].hasPrefix("/berth/u64001/run-"), "\(told)")
            expect(told.lines[3...7].allSatisfy { $0 == own }, "\(told)")
            expect(told.lines[8], is: "/")
            expect(lab.leaves(), is: [])
            expect(lab.leaves(of: Lab.bob), is: [])
        }
    }

    @Test("a session stays where an administrator has limited it, and a login never fails")
    func limited() async {
        await #expect(processExitsWith: .success) {
            let lab = try Lab.enter("eve *")
            defer { lab.leave() }
            let before = shell(Logins.tools + "pam open eve su; place")
            expect(before.output, is: "/\n", "not set up: \(before)")
            lab.service("setup")
            shell("mkdir -p /sys/fs/cgroup/openrc.berth-test /sys/fs/cgroup/berth-limited/deep")
            func login(from place: String) -> String {
                shell(
                    Logins.tools
                        + "echo $$ > /sys/fs/cgroup/\(place)/cgroup.procs; pam open eve su; place; "
                        + "pam close eve su; place"
                ).output
            }
            let free = login(from: "openrc.berth-test").split(separator: "\n")
            expect(free.first?.hasPrefix("/berth/u64000/run-") == true, "\(free)")
            expect(free.last ?? "", is: "/openrc.berth-test")
            shell("echo 2M > /sys/fs/cgroup/openrc.berth-test/hugetlb.2MB.max")
            let bound = login(from: "openrc.berth-test")
            expect(bound, is: "/openrc.berth-test\n/openrc.berth-test\n")
            expect(
                login(from: "berth-limited/deep"), is: "/berth-limited/deep\n/berth-limited/deep\n")
            // A policy that is not to be trusted, a line that means nothing, and a host of systemd's.
            shell("chmod 666 /etc/lxc/lxc-usercgroup")
            expect(shell(Logins.tools + "pam open eve su; place").output, is: "/\n")
            lab.allow("eve cpu")
            expect(shell(Logins.tools + "pam open eve su; place").output, is: "/\n")
            lab.allow("eve *")
            shell("mkdir -p /run/systemd/system")
            expect(shell(Logins.tools + "pam open eve su; place").output, is: "/\n")
            shell("rmdir /run/systemd/system")
            let unprivileged = lab.run(
                "PAM_TYPE=open_session PAM_USER=eve \(Logins.command)", as: Lab.eve)
            expect(unprivileged.status, is: 1)
            expect(unprivileged.complaint.contains("seteuid"), "\(unprivileged)")
            let direct = shell("PAM_TYPE=open_session PAM_USER=eve /run/test/bin/berth-cgroup pam")
            expect(direct.status, is: 1)
            expect(direct.complaint.contains("through berth-pam"), "\(direct)")
        }
    }

    /// pam_env(8) gives pam_exec(8) what a user wrote in a file of his: behind its line when a session
    /// opens, and wherever that stands when it closes. The loader says what it loads if a variable asks it to.
    @Test("variables that a user sets by way of PAM reach nothing that root runs")
    func variables() async {
        await #expect(processExitsWith: .success) {
            let lab = try Lab.enter("eve *", "bob *")
            defer { lab.leave() }
            lab.service("setup")
            let own = contents(of: "\(sources)/etc/pam/berth-session").split(separator: "\n")
                .filter { !$0.hasPrefix("#") }.joined()
                .replacing("@libexecdir@/berth", with: "/run/test/bin")
                .replacing("@sbindir@", with: "/run/test/bin")
            let told = shell(
                """
                printf '%s\\n' LD_DEBUG=files LD_DEBUG_OUTPUT=/run/test/loaded PAM_TYPE=open_session \
                  PAM_USER=bob PAM_SERVICE=other > /run/.pam_environment
                env='session required pam_env.so user_readenv=1'
                printf '%s\\n' '\(own)' "$env" 'session required pam_exec.so seteuid /bin/true' > /etc/pam.d/berth-before
                printf '%s\\n' "$env" '\(own)' > /etc/pam.d/berth-behind
                for service in berth-before berth-behind; do
                  /usr/bin/python3 '\(sources)/Tests/CgroupTests/login.py' $service eve
                done
                sed -n 's/.*needed by \\([^ ]*\\) .*/\\1/p' /run/test/loaded.* | sort -u
                """)
            expect(told.lines.count, is: 5, "\(told)")
            for (line, service) in [
                (told.lines[0], "berth-before"), (told.lines[2], "berth-behind"),
            ] {
                expect(line.hasPrefix("/berth/u64000/run-") && line.hasSuffix(service), line)
            }
            // That one shows that there is something to be kept away.
            expect([told.lines[1], told.lines[3], told.lines[4]], is: ["/", "/", "/bin/true"])
            expect(lab.leaves(), is: [])
        }
    }

    @Test("whoever starts su chooses neither limits nor directory, and no core is left")
    func surroundings() {
        let told = shell(
            """
            cd /tmp; umask 077; exec prlimit --core=unlimited --stack=1048576: --data=10000000: \
              '\(Lab.program("BERTH_PAM"))' /bin/sh -c 'ulimit -c; ulimit -s; ulimit -d; pwd; umask'
            """)
        expect(told.lines, is: ["0", "8192", "unlimited", "/", "0022"], "\(told)")
    }

    @Test("its user can neither forge where it came from nor lead it elsewhere")
    func forged() async {
        await #expect(processExitsWith: .success) {
            let lab = try Lab.enter("eve *", "bob *")
            defer { lab.leave() }
            lab.service("setup")
            shell("mkdir -p /sys/fs/cgroup/berth-other")
            let told = shell(
                Logins.tools + """
                    as() { setpriv --reuid 64000 --regid 64000 --clear-groups "$@"; }
                    pam open eve su; leaf=/sys/fs/cgroup$(place)
                    as python3 -c '
                    import os, sys
                    for name in ("trusted.berth.from", "security.berth.from"):
                        try: os.setxattr(sys.argv[1], name, b"1 1 /berth-other"); print("forged")
                        except OSError: pass
                    try: os.symlink("/sys/fs/cgroup/berth-other", sys.argv[1] + "/link"); print("linked")
                    except OSError: pass
                    ' $leaf
                    # eve moves her login to a leaf that she made herself: there is no mark on it.
                    as mkdir \(Lab.top)/u64000/run-hers
                    as sh -c "echo $$ > \(Lab.top)/u64000/run-hers/cgroup.procs"
                    pam close eve su; place
                    """)
            expect(told.lines, is: ["/berth/u64000/run-hers"], "\(told)")
        }
    }

    @Test(
        "a session that its user stops does not write yesterday's limits when it goes on",
        arguments: ["mkdirat", "fsetxattr", "fchmod"])
    func stopped(call: String) async {
        await #expect(processExitsWith: .success) { [call = call as String] in
            // The cgroup of a group's member is made when he first comes.
            let lab = try Lab.enter("@team * hugetlb.2MB.max=8388608")
            defer { lab.leave() }
            lab.service("setup")
            let told = shell(
                """
                \(Logins.stoppedPam(at: call))
                file=\(Lab.top)/u64001/hugetlb.2MB.max
                setpriv --reuid 64001 --regid 64001 --init-groups /run/test/bin/berth-run true && cat $file
                echo '@team * hugetlb.2MB.max=2097152' > /etc/lxc/lxc-usercgroup
                /run/test/bin/berth-cgroup reload
                kill -CONT $pid
                wait $pid
                cat $file
                """)
            expect(told.lines, is: ["8388608", "2097152"], "\(told)")
        }
    }

    /// Starts pam for bob, who stops it at its first call of that name, and sets `pid`. The tracer is not its
    /// parent: that is the session's application.
    private static func stoppedPam(at call: String) -> String {
        """
        PAM_TYPE=open_session PAM_USER=bob PAM_SERVICE=su strace -D -qq -o /run/test/trace \
          -e inject=\(call):signal=STOP:when=1 \(command) >&- 2>&- &
        pid=$!
        for n in $(seq 3000); do
          grep -qs 'stopped by SIGSTOP' /run/test/trace && break; sleep 0.02
        done
        """
    }

    @Test("a reload during which a stopped session goes on has the last word")
    func resumed() async {
        await #expect(processExitsWith: .success) {
            let lab = try Lab.enter("@team * hugetlb.2MB.max=8388608")
            defer { lab.leave() }
            lab.service("setup")
            // What reload waits for is the end of what it finds half-made.
            let told = shell(
                """
                \(Logins.stoppedPam(at: "fsetxattr"))
                echo '@team * hugetlb.2MB.max=2097152' > /etc/lxc/lxc-usercgroup
                /run/test/bin/berth-cgroup reload & reload=$!
                sleep 0.15; kill -CONT $pid; wait $pid $reload
                cat \(Lab.top)/u64001/hugetlb.2MB.max
                stat -c %U \(Lab.top)/u64001
                """)
            expect(told.lines.suffix(2), is: ["2097152", "bob"], "\(told)")
        }
    }

    @Test("the number of a session that ends is nobody else's until it was not moved")
    func endsMeanwhile() async {
        await #expect(processExitsWith: .success) {
            let lab = try Lab.enter("eve *")
            defer { lab.leave() }
            lab.service("setup")
            let told = shell(
                """
                PAM_TYPE=open_session PAM_USER=eve PAM_SERVICE=su bash -c 'strace -D -qq -o /run/test/trace \
                  -e trace=ptrace,openat2,write -e inject=ptrace:delay_exit=5000000 \
                  \(Logins.command) >&- 2>&-; true' & session=$!
                for n in $(seq 3000); do grep -qs ^ptrace /run/test/trace && break; sleep 0.02; done
                sleep 0.2
                kill -KILL $session
                sleep 0.2
                # Its parent waits for it in vain as long as its number is used.
                cut -d' ' -f3 /proc/$session/stat
                wait $session; echo $?
                for n in $(seq 1200); do ls -d \(Lab.top)/u64000/run-* >&- 2>&- || break; sleep 0.05; done
                [ -e /proc/$session ] || echo gone
                grep -c "write(.*, \"$session\"" /run/test/trace
                """)
            expect(told.lines, is: ["Z", "137", "gone", "0"], "\(told)")
            expect(lab.leaves(), is: [])
        }
    }
}

private let sources = String(#filePath.dropLast("/Tests/CgroupTests/Logins.swift".count))
