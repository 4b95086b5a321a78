import Cgroups
import Testing

@testable import Doctor

/// Checks of cgroups from facts alone.
@Suite
struct CgroupDecisions {
    @Test("limits that were reached are reported with path and value")
    func events() {
        var facts = Facts.alices()
        #expect(CgroupLimits.run(facts).isEmpty)
        facts.cgroups.delegated = .init(path: "/c")
        #expect(CgroupLimits.run(facts).map(\.verdict) == [.ok])
        facts.cgroups.events = [
            CgroupEvent(kind: .memory(2), path: "/c/web/memory.max", limit: "1048576"),
            CgroupEvent(kind: .processes(1), path: "/c/pids.max", limit: "20"),
            CgroupEvent(kind: .frozen, path: "/c/web/cgroup.freeze", limit: "1"),
            CgroupEvent(kind: .descendants, path: "/c/cgroup.max.descendants", limit: "1"),
        ]
        let found = CgroupLimits.run(facts)
        #expect(found.map(\.verdict) == [.warning, .warning, .warning, .problem])
        #expect(found[0].message.contains("1048576 bytes, was reached 2 times"))
        #expect(found[1].message.contains("20, was reached once"))
        let text = Array("low 0\nmax 9\noom 3\noom_kill 4\n".utf8)
        #expect(CgroupEvent.number("oom", in: text) == 3)
        #expect(CgroupEvent.number("none", in: text) == nil)
    }

    @Test("the fix for cgroup version 1 is for the program that mounts cgroups")
    func mounters() {
        var facts = Facts.alices()
        facts.cgroups.lookupError = .hybrid(point: "/sys/fs/cgroup/memory")
        func finding() -> Finding { CgroupTree.run(facts)[0] }
        #expect(finding().message.contains("version 1 (/sys/fs/cgroup/memory)"))
        #expect(finding().verdict == .problem)
        let other = finding().fixes
        #expect(other.count == 1 && "\(other)".contains("mount only cgroup2"))
        facts.cgroups.isOpenRC = true
        #expect(finding().verdict == .problem)
        #expect(
            finding().fixes == [
                .line(#"rc_cgroup_mode="unified""#, to: "/etc/rc.conf", by: .root),
                .advice("reboot"),
            ])
        facts.cgroups.isOpenRC = false
        facts.cgroups.isSystemd = true
        #expect(finding().verdict == .warning)
        #expect("\(finding().fixes)".contains("systemd.unified_cgroup_hierarchy=1"))
        for absence in [UnifiedHierarchy.LookupError.inContainer, .nothing] {
            facts.cgroups.lookupError = absence
            #expect(finding().verdict == .ok)
        }
        facts.cgroups.isSystemd = false
        #expect(finding().verdict == .problem)
        facts.cgroups.lookupError = .inContainer
        #expect(finding().verdict == .unknown)
    }

    @Test("limits that lxc-start would silently ignore are reported")
    func silentLimits() {
        var facts = Facts.alices()
        facts.cgroups.line = .none
        facts.cgroups.policy.exists = false
        #expect(LXCUsercgroup.run(facts).map(\.verdict) == [.warning])
        facts.config.set("lxc.cgroup2.memory.max", to: "1G")
        let finding = LXCUsercgroup.run(facts)[0]
        #expect(finding.verdict == .problem && finding.message.contains("lxc.cgroup2.memory.max"))
        #expect(finding.fixes == [.line("alice *", to: "/etc/lxc/lxc-usercgroup", by: .root)])
    }

    @Test("the remount with nsdelegate keeps the other mount options")
    func remount() {
        var facts = Facts.alices()
        facts.cgroups.remount = "mount -o remount,nsdelegate,favordynmods /sys/fs/cgroup"
        let finding = CgroupTree.run(facts)[0]
        #expect(finding.verdict == .warning && finding.message.contains("without nsdelegate"))
        #expect(
            finding.fixes == [
                .command("mount -o remount,nsdelegate,favordynmods /sys/fs/cgroup", by: .root),
                .advice("set the option nsdelegate for the mount at boot, too"),
            ])
    }
}
