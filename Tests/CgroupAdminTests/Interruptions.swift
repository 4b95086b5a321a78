import TestSupport
import Testing

/// A user can stop or kill su(1), which has the real user ID of that user, while PAM works for it.
@Suite(.serialized, .enabled(if: Lab.obstacle == nil, "\(Lab.obstacle ?? "")"))
struct Interruptions {
    @Test(
        "a session that its user stops sets no outdated limits when it goes on",
        arguments: ["mkdirat", "fsetxattr", "fchmod"])
    func stopped(call: String) async {
        await #expect(processExitsWith: .success) { [call = call as String] in
            // The cgroup of a member of a group is made at the first use.
            let lab = try Lab.enter("@team * hugetlb.2MB.max=8388608")
            defer { lab.leave() }
            lab.service("setup")
            let told = shell(
                """
                \(Interruptions.stoppedPam(at: call))
                file=\(Lab.top)/u64001/hugetlb.2MB.max
                setpriv --reuid 64001 --regid 64001 --init-groups /run/test/bin/berth-run true \
                  && cat $file
                echo '@team * hugetlb.2MB.max=2097152' > /etc/lxc/lxc-usercgroup
                /run/test/bin/berth-cgroup reload
                kill -CONT $pid
                wait $session
                cat $file
                """)
            expect(told.lines, is: ["8388608", "2097152"], "\(told)")
        }
    }

    /// Starts bob's session. The process that it waits for is stopped at the first call of that
    /// name, and `pid` is set to its process ID. The tracer is not its parent.
    private static func stoppedPam(at call: String) -> String {
        """
        export TRACER="strace -D -qq -o /run/test/trace -e inject=\(call):signal=STOP:when=1"
        \(Logins.application) <<< 'open bob su' >/dev/null 2>&1 &
        session=$!
        for n in $(seq 3000); do
          grep -qs 'stopped by SIGSTOP' /run/test/trace && break; sleep 0.02
        done
        pid=$(pgrep -P $session)
        """
    }

    @Test("a reload while a stopped session goes on sets the limits")
    func resumed() async {
        await #expect(processExitsWith: .success) {
            let lab = try Lab.enter("@team * hugetlb.2MB.max=8388608")
            defer { lab.leave() }
            lab.service("setup")
            // reload waits for the incomplete cgroup.
            let told = shell(
                """
                \(Interruptions.stoppedPam(at: "fsetxattr"))
                echo '@team * hugetlb.2MB.max=2097152' > /etc/lxc/lxc-usercgroup
                /run/test/bin/berth-cgroup reload & reload=$!
                sleep 0.15; kill -CONT $pid; wait $session $reload
                cat \(Lab.top)/u64001/hugetlb.2MB.max
                stat -c %U \(Lab.top)/u64001
                """)
            expect(told.lines.suffix(2), is: ["2097152", "bob"], "\(told)")
        }
    }

    @Test("the process ID of a session that ends is not reused before the move")
    func endsMeanwhile() async {
        await #expect(processExitsWith: .success) {
            let lab = try Lab.enter("eve *")
            defer { lab.leave() }
            lab.service("setup")
            let told = shell(
                """
                export TRACER='strace -D -qq -o /run/test/trace -e trace=ptrace,openat2,write
                  -e inject=ptrace:delay_exit=5000000'
                \(Logins.application) <<< 'open eve su' >/dev/null 2>&1 & session=$!
                for n in $(seq 3000); do grep -qs ^ptrace /run/test/trace && break; sleep 0.02; done
                sleep 0.2
                kill -KILL $session
                sleep 0.2
                # Its parent waits for it in vain as long as its number is used.
                cut -d' ' -f3 /proc/$session/stat
                wait $session; echo $?
                for n in $(seq 1200); do
                  ls -d \(Lab.top)/u64000/run-* >&- 2>&- || break; sleep 0.05
                done
                [ -e /proc/$session ] || echo gone
                grep -c "write(.*, \"$session\"" /run/test/trace
                """)
            expect(told.lines, is: ["Z", "137", "gone", "0"], "\(told)")
            expect(lab.leaves(), is: [])
        }
    }

    /// A program of the user may even wait for exactly that process, but it is not root's.
    @Test("a process that inherits the child of a session is not moved", arguments: ["", "64000"])
    func inherited(user: String) async {
        await #expect(processExitsWith: .success) { [user = user as String] in
            let lab = try Lab.enter("bob *")
            defer { lab.leave() }
            lab.service("setup")
            shell(
                """
                cat > /run/test/reaper.py <<'END'
                import ctypes, os, subprocess, sys
                ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
                session = subprocess.Popen(["bash", "/run/test/kill"])
                if user := sys.argv[1:]: os.setresuid(*[int(user[0])] * 3)
                session.wait()
                # Those that it has inherited.
                if user: os.waitpid(int(open("/run/test/pid").read()), 0)
                try:
                    while True: os.wait()
                except ChildProcessError: pass
                print(open("/proc/self/cgroup").read().strip().rpartition("::")[2])
                END
                cat > /run/test/kill <<'END'
                \(Interruptions.stoppedPam(at: "prlimit64"))
                kill -KILL $session
                wait $session
                echo $pid > /run/test/pid
                kill -CONT $pid
                END
                """)
            let told = shell("exec /usr/bin/python3 /run/test/reaper.py \(user)")
            expect(told.lines, is: ["/"], "\(told)")
            expect(lab.leaves(of: Lab.bob), is: [])
        }
    }
}
