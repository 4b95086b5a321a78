import Linux
import Testing

@testable import Doctor

/// Decisions about what prevents lxc-start from starting a container, for states that a test cannot
/// create safely.
@Suite
struct StartDecisions {
    private let closed = FileAttributes(owner: .root, group: GroupID(0), mode: 0o700)
    private let directory = FileAttributes(owner: .root, group: GroupID(0), mode: 0o755)

    private func mount(
        _ id: Int, on parent: Int, _ point: UntrustedText, _ type: UntrustedText,
        readOnly: Bool = false, root: UntrustedText = "/"
    ) -> HostMounts.Mount {
        HostMounts.Mount(
            point: point, type: type, id: Array("\(id)".utf8), parent: Array("\(parent)".utf8),
            root: root, isReadOnly: readOnly)
    }

    @Test("mounts over a part of proc or sysfs prevent containers from mounting it")
    func visibility() {
        let root = mount(1, on: 0, "/", "ext4")
        let proc = mount(2, on: 1, "/proc", "proc")
        let sys = mount(3, on: 1, "/sys", "sysfs")
        func obstacle(_ type: String, _ more: HostMounts.Mount..., readOnly: Bool = false)
            -> HostMounts.VisibilityObstacle?
        {
            HostMounts(all: [root, proc, sys] + more)
                .obstacle(toMounting: type, readOnly: readOnly)
        }
        #expect(obstacle("proc") == nil)
        #expect(obstacle("proc", mount(4, on: 2, "/proc/sys/fs/binfmt_misc", "autofs")) == nil)
        #expect(obstacle("sysfs", mount(4, on: 3, "/sys/fs/cgroup", "cgroup2")) == nil)
        #expect(obstacle("sysfs", mount(4, on: 3, "/sys/kernel/debug", "debugfs")) == nil)
        let file = mount(4, on: 2, "/proc/meminfo", "fuse.lxcfs")
        #expect(obstacle("proc", file) == .covered(by: file))
        #expect(obstacle("sysfs", file) == nil)
        // Another proc that is fully visible suffices.
        #expect(obstacle("proc", file, mount(5, on: 1, "/srv/proc", "proc")) == nil)
        let above = mount(6, on: 2, "/proc", "tmpfs")
        #expect(obstacle("proc", above) == .covered(by: above))
        let part = mount(7, on: 1, "/srv/sys", "proc", root: "/sys")
        #expect(obstacle("proc", file, part) == .covered(by: file))
        let readOnly = mount(8, on: 1, "/sys", "sysfs", readOnly: true)
        let host = HostMounts(all: [root, readOnly])
        #expect(host.obstacle(toMounting: "sysfs", readOnly: false) == .readOnly(readOnly))
        #expect(host.obstacle(toMounting: "sysfs", readOnly: true) == nil)
        #expect(host.obstacle(toMounting: "proc", readOnly: false) == .absent)
        #expect(HostMounts().obstacle(toMounting: "proc", readOnly: false) == nil)
    }

    @Test("the limits of the kernel are compared with what is used")
    func kernelLimits() {
        var facts = Facts.alices()
        #expect(KernelLimits.run(facts).isEmpty)
        facts.kernel.maxNamespaces = ["max_net_namespaces": 0, "max_mnt_namespaces": 31_000]
        facts.kernel.resources = [
            SharedResource(name: "processes", used: 400, limit: 410, setting: "kernel.pid_max"),
            SharedResource(name: "open files", used: 400, limit: 9000, setting: "fs.file-max"),
        ]
        #expect(
            KernelLimits.run(facts).map(\.place) == [
                "user.max_net_namespaces = 0", "kernel.pid_max = 410",
            ])
        facts.kernel.maxNamespaces = [:]
        facts.kernel.resources.removeFirst()
        facts.kernel.maxInotifyInstances = 8
        #expect(KernelLimits.run(facts).map(\.verdict) == [.warning])
        facts.kernel.maxInotifyInstances = 128
        #expect(KernelLimits.run(facts).map(\.verdict) == [.ok])
    }

    @Test("devices of the host must be accessible to users")
    func devices() {
        var facts = Facts.alices()
        var device = FileAttributes(owner: .root, group: GroupID(0), mode: 0o666)
        device.kind = .characterDevice
        func verdicts(_ file: FileAttributes?) -> [Finding.Verdict] {
            facts.devices = [DeviceFacts(path: "/dev/null", file: file)]
            return Devices.run(facts).map(\.verdict)
        }
        #expect(verdicts(device) == [.ok])
        #expect(verdicts(nil) == [.problem])
        #expect(verdicts(directory) == [.problem])
        device.mode = 0o660
        #expect(verdicts(device) == [.problem])
        device.mode = 0o666
        device.isOnNodev = true
        #expect(verdicts(device) == [.problem])
    }

    @Test("a session in a chroot is reported")
    func surroundings() {
        var facts = Facts.alices()
        #expect(SessionRights.run(facts).map(\.verdict) == [.ok])
        facts.mounts.all = [mount(2, on: 1, "/proc", "proc")]
        #expect(SessionRights.run(facts).map(\.verdict) == [.problem])
        facts.mounts.all = [mount(1, on: 0, "/", "ext4")]
        #expect(SessionRights.run(facts).map(\.verdict) == [.ok])
        facts.session = nil
        #expect(SessionRights.run(facts).isEmpty)
    }

    @Test("a program must be executable for this user")
    func execution() {
        let facts = Facts.alices()
        var program = facts.helpers[0]
        #expect(program.executionFinding(by: facts.target) == nil)
        program.directories = [.init(path: "/usr/libexec/lxc", file: closed)]
        #expect(
            program.executionFinding(by: facts.target)?.fixes
                == [.command("chmod a+x /usr/libexec/lxc", by: .root)])
        program.directories = [.init(path: "/usr/libexec/lxc", file: directory)]
        program.file?.mode = 0o4750
        #expect(
            program.executionFinding(by: facts.target)?.fixes
                == [.command("chmod 4755 /bin/lxc-user-nic", by: .root)])
        // An administrator's choice is not silently undone.
        program.file?.group = GroupID(100)
        #expect(program.executionFinding(by: facts.target)?.fixes.count == 2)
        program.file?.group = GroupID(1000)
        #expect(program.executionFinding(by: facts.target) == nil)
        program.file?.isOnNoexec = true
        #expect(program.executionFinding(by: facts.target)?.verdict == .problem)
    }

    @Test("ranges that overlap are split, or one of them is disabled")
    func overlaps() {
        var facts = Facts.alices()
        facts.config = ContainerConfig(path: "/home/alice/c", exists: true)
        facts.config.set("lxc.idmap", to: "u 0 100000 65536")
        facts.config.set("lxc.idmap", to: "g 0 100000 65536")
        #expect(IDMapClashes.findings(facts).isEmpty)
        facts.config.set("lxc.idmap", to: "u 1000 1000 1")
        let file = "/home/alice/c"
        #expect(
            IDMapClashes.findings(facts).map(\.fixes) == [
                [
                    .command("sed -i -E '1s/=.*/= u 0 100000 1000/' \(file)", by: .user),
                    .line("lxc.idmap = u 1001 101001 64535", to: file, by: .user),
                ]
            ])
        facts.config.set("lxc.idmap", to: "g 5 100005 1")
        #expect(
            IDMapClashes.findings(facts).last?.fixes
                == [.command("sed -i -E '1s/^/#/' \(file)", by: .user)])
        facts.config.set("lxc.idmap", to: "g 70000 0 0")
        #expect(IDMapClashes.findings(facts).count == 3)
    }

    @Test("a script's interpreter ends at a blank, and env(1) looks its argument up in PATH")
    func interpreters() {
        func header(_ line: String) -> ProgramHeader { ProgramHeader(Array(line.utf8)) }
        #expect(header("#!/bin/sh\r\nx").interpreter == "/bin/sh\r")
        #expect(header("#!/bin/sh\r\nx").hasCarriageReturn)
        #expect(!header("#!/bin/sh\nx").hasCarriageReturn)
        #expect(header("#!/usr/bin/env python3\n").searchedProgram == "python3")
        #expect(header("#!/usr/bin/env -S python3\n").searchedProgram == nil)
        #expect(header("#!/bin/sh -e\n").searchedProgram == nil)
    }
}
