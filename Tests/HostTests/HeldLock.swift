import TestSupport
import Testing

/// A user keeps 20 helpers running, and stops or freezes each that holds the lock of the ledger.
/// The scenario `openrc/lock` of MachineTests tries more ways.
@Suite(.oneAtATime, .enabled(if: CgroupHost.obstacle == nil, "\(CgroupHost.obstacle ?? "")"))
struct HeldLock {
    @Test(
        "helpers that are stopped or frozen while they hold the lock are killed, and others get it",
        arguments: ["stop", "freeze"])
    func blocked(way: String) async {
        await #expect(processExitsWith: .success) { [way = way as String] in
            let lab = try CgroupHost.enter("eve *")
            defer { lab.leave() }
            shell("ip link add lxcbr0 type bridge; ip link set lxcbr0 up")
            shell("install -m 666 /dev/null /run/held")
            write("eve veth lxcbr0 3\nbob veth lxcbr0 9\n", to: "/etc/lxc/lxc-usernet")
            let eves = Container(of: 2000)
            let bobs = Container(of: 2001)
            let attack =
                "\(guest)/hold-lock \(way) \(Program.ours.installed) \(eves.process)"
                + " /run/held"
            start(
                "exec setpriv --reuid 2000 --regid 2000 --clear-groups "
                    + "\(CgroupHost.berthRun) bash \(attack)")
            let isBlocked = shell(
                "for n in $(seq 600); do [ ! -s /run/held ] || exit 0; sleep 0.05; done; exit 1")
            expect(isBlocked.succeeded, "a helper was stopped or frozen")
            for number in 1...3 {
                let outcome = Program.ours.create(bobs, on: "lxcbr0", as: 2001)
                expect(Answer(outcome) != nil, "\(number): \(outcome)")
            }
            // The first one that was stopped or frozen ends. Its parent, in the same frozen cgroup,
            // may not have waited for it yet.
            let ended = shell(
                "first=/proc/$(head -n 1 /run/held); for n in $(seq 200); do "
                    + "[ -e $first ] || exit 0; grep -q '^State:.Z' $first/status && exit 0; "
                    + "sleep 0.05; done; exit 1")
            expect(ended.succeeded, contents(of: "/run/held"))
            lab.kill(2000)
        }
    }

    @Test("the error names the command that kills all helpers of the user who holds the lock")
    func command() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            host.setLedger("")
            let container = Container(of: 2000)
            // A process named berth-nic that the kernel does not kill, because it has set no timer.
            let holder = try #require(script("hold-ledger", ["berth-nic", "2001"]).lines.first)
            let refused = Program.ours.create(container, on: "br0")
            expect(
                refused.errorOutput,
                is: "berth-nic: process \(holder) of user ID 2001 holds the lock of /run/lxc/nics, "
                    + "which could not be acquired within 10 s: as root, run "
                    + "\"pkill -KILL -U 2001 -x berth-nic\"\n")
            expect(host.isInOrder(with: 0))
            expect(shell("pkill -KILL -U 2001 -x berth-nic").succeeded)
            expect(Answer(Program.ours.create(container, on: "br0")) != nil)
        }
    }

    @Test("one user's helpers take turns, so another user's helper waits for only one of them")
    func turns() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            host.allow("eve veth br0 100", "bob veth br0 100")
            host.setLedger("")
            let holder = try #require(script("hold-ledger").lines.first)
            let eves = Container(of: 2000)
            let bobs = Container(of: 2001)
            for (user, container) in [(2000, eves), (2000, eves), (2000, eves), (2001, bobs)] {
                start(
                    "exec setpriv --reuid \(user) --regid \(user) --clear-groups "
                        + "\(Program.ours.installed) create /p n \(container.process) veth br0")
            }
            // Two wait for the ledger, and two for the first one of eve.
            let waits = script("take-turns", [holder])
            expect(waits.lines, is: ["0 EOF", "0 EOF", "2000 2000", "2000 2000"], "\(waits)")
            expect(host.nics.count, is: 4)
        }
    }

    @Test("a helper runs at normal priority, whatever its user chose")
    func priority() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            host.setLedger("")
            let holder = try #require(script("hold-ledger").lines.first)
            let container = Container(of: 2000)
            start(
                "exec setpriv --reuid 2000 --regid 2000 --clear-groups nice -n 19 taskset -c 0 "
                    + "chrt --idle 0 \(Program.ours.installed) create /p n \(container.process) "
                    + "veth br0")
            let all = shell("taskset -cp $$ | sed 's/.*: //'").lines.first ?? ""
            let found = script("helper-priority", ["2000"])
            expect(found.lines, is: ["TS 0 \(all)", "TS 0 \(all)"], "\(found)")
            shell("kill \(holder)")
        }
    }

    @Test("a ledger that others may read gets the mode 0600", arguments: ["0644", "0400", "0640"])
    func mode(mode: String) async {
        await #expect(processExitsWith: .success) { [mode = mode as String] in
            let host = try Host.withBridge()
            host.setLedger("")
            shell("touch /run/lxc/nics.lock; chmod \(mode) /run/lxc/nics /run/lxc/nics.lock")
            expect(Answer(Program.ours.create(Container(of: 2000), on: "br0")) != nil)
            let modes = shell("stat -c %a:%u:%g /run/lxc/nics /run/lxc/nics.lock").lines
            expect(modes, is: ["600:0:0", "600:0:0"])
            expect(host.isInOrder(with: 1))
        }
    }
}

private let guest =
    String(#filePath.dropLast("HostTests/HeldLock.swift".count)) + "MachineTests/guest"
