import TestSupport
import Testing

/// Hostile callers of berth-nic: descriptors, limits, signals, environment.
@Suite(.enabled(if: Host.obstacle == nil, "\(Host.obstacle ?? "")"))
struct HostileSurroundings {
    @Test(
        "with any of the descriptors 0, 1 and 2 closed, nothing is written into a file",
        arguments: 1...7)
    func closedDescriptors(combination: Int) async {
        await #expect(processExitsWith: .success) { [combination = combination as Int] in
            let host = try Host.withBridge()
            let container = Container(of: 2000)
            let usernet = contents(of: "/etc/lxc/lxc-usernet")
            let closed = (0...2).filter { combination >> $0 & 1 == 1 }
            let words = closed.map { "\($0)>&-" }.joined(separator: " ")
            let made = eve("exec $0 create /p n $1 veth br0 \(words)", container)
            // If the answer cannot be delivered, no NIC is made.
            let isHeard = !closed.contains(1)
            expect(made.status, is: isHeard ? 0 : 1, "closed: \(words): \(made)")
            expect(host.isInOrder(with: isHeard ? 1 : 0), "closed: \(words)")
            // Error messages go into no file either.
            let refused = eve("exec $0 create /p n $1 veth br9 \(words)", container)
            expect(refused.status, is: 1, "closed: \(words)")
            expect(host.isInOrder(with: host.nics.count), "closed: \(words)")
            expect(contents(of: "/etc/lxc/lxc-usernet"), is: usernet)
        }
    }

    @Test("inherited descriptors are neither read nor written")
    func foreignDescriptors() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            shell(
                """
                mkdir -m 777 /run/test/user && cd /run/test/user && mkfifo -m 666 cgroup.procs
                for n in {3..9}; do install -m 666 <(echo $n) $n; done
                """)
            let files = (3...9).map { "\($0)<>/run/test/user/\($0)" }.joined(separator: " ")
            let outcome = eve(
                """
                exec \(files) 20<>/run/test/user/cgroup.procs 21<$0 22</ 100</proc/self/ns/net
                "$0" create /p n $1 veth br0 && read -t 0 -u 20 && echo written
                """, Container(of: 2000))
            expect(outcome.lines.count, is: 1, "\(outcome)")
            for number in 3...9 {
                expect(contents(of: "/run/test/user/\(number)"), is: "\(number)\n")
            }
            expect(host.isInOrder(with: 1))
        }
    }

    @Test("a soft limit of the caller does not change the result")
    func softLimits() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            let container = Container(of: 2000)
            let limits = [
                "--fsize=0:", "--fsize=10:", "--nofile=4:", "--nproc=0:", "--nproc=1:", "--cpu=1:",
                "--as=12000000:", "--data=300000:", "--stack=65536:", "--core=0:", "--memlock=0:",
                "--sigpending=0:", "--locks=0:", "--rttime=1:",
            ]
            for (number, limit) in limits.enumerated() {
                let outcome = Program.ours.create(
                    container, on: "br0", prefix: "exec 3>&-; exec prlimit \(limit)")
                expect(Answer(outcome) != nil, "\(limit): \(outcome)")
                expect(host.isInOrder(with: number + 1), limit)
            }
        }
    }

    @Test("under a hard limit a create succeeds, or leaves neither NIC nor row")
    func hardLimits() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            let container = Container(of: 2000)
            let sizes = stride(from: 3_000_000, through: 12_000_000, by: 500_000)
            let limits =
                [
                    "--fsize=0", "--fsize=10", "--nofile=4", "--nofile=5", "--nofile=6",
                    "--nofile=7",
                    "--nofile=8", "--nproc=0", "--cpu=1", "--stack=65536", "--data=0",
                    "--data=100000", "--data=200000", "--data=400000",
                ] + sizes.map { "--as=\($0)" }
            for limit in limits {
                let before = host.nics.count
                // A pipe, as from lxc-start: a limit on file sizes does not apply to it.
                let outcome = eve(
                    """
                    exec 3>&-; prlimit \(limit) $0 create /p n $1 veth br0 2>&1 | cat
                    exit ${PIPESTATUS[0]}
                    """, container)
                let made = host.nics.count - before
                expect(made, is: outcome.succeeded ? 1 : 0, "\(limit): \(outcome)")
                expect(outcome.lines.count <= 1, "\(limit): \(outcome)")
                expect(host.isInOrder(with: before + made), "\(limit): \(outcome)")
            }
            // No limit here prevents all programs from starting.
            expect(host.nics.count > 0)
        }
    }

    @Test("blocked and ignored signals do not change the result")
    func signals() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            let container = Container(of: 2000)
            let choices = [
                "--block-signal", "--ignore-signal", "--block-signal --ignore-signal",
                "--ignore-signal=CHLD,PIPE", "--default-signal=CHLD --block-signal=ALRM,XFSZ",
            ]
            for (number, choice) in choices.enumerated() {
                let outcome = Program.ours.create(
                    container, on: "br0", prefix: "exec env \(choice)")
                expect(Answer(outcome) != nil, "\(choice): \(outcome)")
                expect(host.isInOrder(with: number + 1), choice)
            }
        }
    }

    @Test(
        "neither the umask nor a deleted working directory changes the result",
        arguments: ["0777", "0"])
    func umaskAndDirectory(mask: String) async {
        await #expect(processExitsWith: .success) { [mask = mask as String] in
            let host = try Host.withBridge()
            shell("mkdir -m 777 /run/test/user")
            let outcome = eve(
                """
                cd /run/test/user && mkdir gone && cd gone && rmdir ../gone && umask \(mask)
                exec "$0" create /p n $1 veth br0
                """, Container(of: 2000))
            expect(Answer(outcome) != nil, "\(outcome)")
            expect(host.isInOrder(with: 1))
            expect(
                shell("stat -c %a:%u:%g /run/lxc /run/lxc/nics").lines,
                is: ["755:0:0", "600:0:0"])
        }
    }

    @Test("no NIC is left if the answer cannot be read")
    func noReader() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            let create = "\"$0\" create /p n $1 veth br0"
            let unread =
                "exec perl -e 'pipe R, W; close R; open STDOUT, q(>&W); open STDERR, q(>&W); "
                + "exec @ARGV'"
            let scripts = [
                "\(unread) \(create)",
                "exec \(create) > /dev/full", "exec \(create) > /dev/full 2>&1",
                "exec \(create) 1<$0",
            ]
            for script in scripts {
                expect(eve(script, Container(of: 2000)).status, is: 1, script)
                expect(host.isInOrder(with: 0), script)
            }
        }
    }

    @Test("an answer and an error message are one write(2) each")
    func oneWrite() async {
        await #expect(processExitsWith: .success) {
            _ = try Host.withBridge()
            let container = Container(of: 2000)
            for (bridge, number) in [("br0", 1), ("br9", 2)] {
                let words = ["create", "/p", "n", "\(container.process)", "veth", bridge]
                let (outcome, trace) = traced("write,writev,sendto", words)
                let said = outcome.output + outcome.errorOutput
                let text = said.replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
                // Descriptors above 2 are files, such as the sysctls of a new NIC.
                expect(
                    trace.filter { $0.hasPrefix("write(1,") || $0.hasPrefix("write(2,") },
                    is: ["write(\(number), \"\(text)\", \(said.utf8.count)) = \(said.utf8.count)"])
            }
        }
    }

    @Test("the caller's environment changes neither messages nor the files that are opened")
    func environment() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            let container = Container(of: 2000)
            host.setLedger("")
            shell("install -m 600 /dev/null /run/lxc/nics.lock")
            shell("umask 077; head -c 32 /dev/urandom >/etc/lxc/berth.key")
            shell("mkdir -m 777 /run/test/user; cp /lib/*/libnl-3.so.200 /run/test/user/")
            // Without LD_PROFILE: before glibc 2.39 the loader obeys it even for a setuid program,
            // before any code of the program runs.
            let environment = [
                "SWIFT_DEBUG_HELP=YES", "SWIFT_BACKTRACE=enable=yes,color=yes", "NLDBG=9",
                "SWIFT_DEBUG_LIB_PRESPECIALIZED_PATH=/etc/passwd", "NLCB=debug", "LD_DEBUG=all",
                "LD_PRELOAD=/run/test/user/libnl-3.so.200", "LD_LIBRARY_PATH=/run/test/user",
                "LD_AUDIT=/run/test/user/libnl-3.so.200", "LD_SHOW_AUXV=1",
                "MALLOC_TRACE=/run/test/user/trace", "MALLOC_CHECK_=3", "MALLOC_PERTURB_=1",
                "GLIBC_TUNABLES=glibc.malloc.check=3", "GCONV_PATH=/run/test/user",
                "LOCPATH=/run/test/user", "LC_ALL=de_DE.UTF-8", "NLSPATH=/run/test/user/%N",
                "LANGUAGE=de", "TZ=/run/test/user/tz", "RES_OPTIONS=debug", "TMPDIR=/run/test/user",
                "HOSTALIASES=/etc/passwd", "LD_BIND_NOT=1", "OUTPUT_CHARSET=UTF-16",
            ]
            func words(_ bridge: String) -> [String] {
                ["create", "/p", "n", "\(container.process)", "veth", bridge]
            }
            let nicName = /veth2000_[A-Za-z0-9]{4}/
            let (plain, opened) = traced("open,openat,openat2,execve", words("br0"))
            expect(Answer(plain) != nil && opened.count > 5, "\(plain) \(opened)")
            let refused = Program.ours.run(words("br9"))
            for choice in environment.map({ [$0] }) + [environment] {
                let (made, opens) = traced("open,openat,openat2,execve", words("br0"), choice)
                expect(Answer(made) != nil, "\(choice): \(made)")
                // Each NIC has a name of its own.
                expect(
                    opens.map { $0.replacing(nicName, with: "veth") },
                    is: opened.map { $0.replacing(nicName, with: "veth") }, "\(choice)")
                expect(traced("write", words("br9"), choice).0, is: refused, "\(choice)")
            }
            expect(host.isInOrder(with: environment.count + 2))
            expect(shell("ls /run/test/user").lines, is: ["libnl-3.so.200"])
        }
    }

    @Test("after ten seconds the process that holds the ledger's lock is named")
    func lockHeld() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            host.setLedger("")
            let holder = try #require(script("hold-ledger").lines.first)
            var outcome: Outcome?
            let container = Container(of: 2000)
            let time = ContinuousClock().measure {
                outcome = Program.ours.create(
                    container, on: "br0", prefix: "exec env --block-signal --ignore-signal")
            }
            expect(outcome?.status, is: 1)
            expect(
                outcome?.errorOutput.contains("process \(holder) of user ID 0 holds the lock"),
                is: true, "\(outcome as Any)")
            expect(time >= .seconds(9) && time < .seconds(120), "\(time)")
            expect(host.isInOrder(with: 0))
            shell("kill \(holder)")
            expect(Answer(Program.ours.create(container, on: "br0")) != nil)
        }
    }

    @Test("a ledger that another program replaced while berth-nic waited is not written")
    func ledgerReplaced() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            host.setLedger("")
            let container = Container(of: 2000)
            let holder = try #require(script("hold-ledger").lines.first)
            // Once berth-nic waits for the lock, as /proc/locks shows.
            start("exec bash \(scripts)replace-ledger.sh \(holder)")
            let outcome = Program.ours.create(container, on: "br0")
            expect(outcome.status, is: 1, "\(outcome)")
            expect(outcome.errorOutput.contains("replaced by another program"), "\(outcome)")
            expect(host.isInOrder(with: 0) && contents(of: "/run/test/old").isEmpty)
        }
    }
}

extension Host {
    /// A host with a bridge `br0`, on which eve may have a hundred NICs.
    static func withBridge() throws -> Host {
        let host = try Host.enter()
        host.addBridges("br0")
        host.allow("eve veth br0 100")
        return host
    }

    /// Whether there are `count` NICs, and the ledger has one row for each and no other.
    func isInOrder(with count: Int, on bridge: String = "br0", of owner: String = "eve") -> Bool {
        let rows = contents(of: "/run/lxc/nics").split(separator: "\n").map(String.init)
        let nics = nics
        return nics.count == count
            && rows.sorted() == nics.map { "\(owner) veth \(bridge) \($0)" }.sorted()
    }
}

private let scripts = String(#filePath.dropLast("HostileSurroundings.swift".count)) + "scripts/"
