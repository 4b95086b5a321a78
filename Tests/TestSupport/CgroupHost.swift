import CLinux
import Glibc

/// A test host with the cgroup2 tree mounted as OpenRC mounts it, and with Berth's programs in
/// /run/test/bin.
///
/// The kernel has only one such tree, shared with the machine. One test at a time uses it: suites
/// have the trait `oneAtATime`, `enter` takes a lock, and `leave` removes everything that was
/// created. cgroup v1 hierarchies may hold nearly all controllers. hugetlb is usually available,
/// and one controller is sufficient.
package struct CgroupHost {
    package static let top = "/sys/fs/cgroup/berth"
    package static let berthRun = "/run/test/bin/berth-run"
    package static let controller = "hugetlb"
    package static let eve = 2000
    package static let bob = 2001

    private let lock: Int32
    private let enabledBefore: String

    /// Why such tests cannot run here; `nil` if they can.
    package static let obstacle: String? = {
        if let obstacle = Host.obstacle { return obstacle }
        for name in programs where access(variable(name) ?? "", X_OK) != 0 {
            return "no program in \(name): run make"
        }
        var information = stat()
        guard stat("/proc/self/ns/cgroup", &information) == 0,
            information.st_ino == linux_INITIAL_CGROUP_NAMESPACE
        else { return "a container, whose cgroups belong to another host" }
        if access("/run/systemd/system", F_OK) == 0 { return "systemd manages this host's cgroups" }
        let controllers = script("cgroup-controllers").output.split { $0 == " " || $0 == "\n" }
        return controllers.contains { $0 == controller }
            ? nil : "no controller \(controller) in the unified tree"
    }()

    private static let programs = ["BERTH_RUN", "BERTH_CGROUP", "BERTH_PAM"]

    /// Enters a host whose policy has these lines, and on which `berth-cgroup setup` has not run.
    package static func withoutSetup(_ policy: String...) throws(Host.EntryError) -> CgroupHost {
        try enter(policy)
    }

    /// Enters a host whose policy has these lines, with a cgroup for Berth that has the controller.
    package static func enter(_ policy: String...) throws(Host.EntryError) -> CgroupHost {
        let entered = try enter(policy)
        shell("mkdir \(top)")
        write("+\(controller)", to: "/sys/fs/cgroup/cgroup.subtree_control")
        write("+\(controller)", to: "\(top)/cgroup.subtree_control")
        return entered
    }

    private static func enter(_ policy: [String]) throws(Host.EntryError) -> CgroupHost {
        _ = try Host.enter()
        let prepared = script("cgroup-host", programs.map { variable($0) ?? "" })
        guard prepared.succeeded else { throw .notEntered(prepared.errorOutput) }
        let lock = open("/sys/fs/cgroup", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard flock(lock, LOCK_EX) == 0 else { throw .notEntered("lock") }
        // A test that was killed may have left something.
        script("cgroup-leave")
        if access(top, F_OK) == 0 { throw .notEntered("\(top) is in use") }
        let enabled = contents(of: "/sys/fs/cgroup/cgroup.subtree_control")
        let entered = CgroupHost(
            lock: lock, enabledBefore: enabled.split(separator: "\n").joined())
        entered.allow(policy)
        return entered
    }

    /// Removes what was created. To be called at the end of each test.
    package func leave() {
        script("cgroup-leave", [enabledBefore])
        close(lock)
    }

    /// Writes lxc-usercgroup.
    package func allow(_ lines: [String]) {
        write(lines.map { $0 + "\n" }.joined(), to: "/etc/lxc/lxc-usercgroup")
        shell("chown root:root /etc/lxc/lxc-usercgroup; chmod 644 /etc/lxc/lxc-usercgroup")
    }

    package func allow(_ lines: String...) { allow(lines) }

    /// Runs berth-cgroup.
    @discardableResult
    package func service(_ words: String...) -> Outcome {
        TestSupport.run(["/run/test/bin/berth-cgroup"] + words)
    }

    /// Runs a shell script as a user, with berth-run as `$0`.
    /// - Parameter groups: supplementary groups; those of the account if there are none.
    package func run(_ script: String, as user: Int = eve, groups: [Int] = []) -> Outcome {
        let groups =
            groups.isEmpty
            ? ["--init-groups"] : ["--groups", groups.map(String.init).joined(separator: ",")]
        return TestSupport.run(
            ["setpriv", "--reuid", "\(user)", "--regid", "\(user)"] + groups
                + ["bash", "-c", script, Self.berthRun],
            environment: ["PATH": "/run/test/bin:" + searchPath, "LANG": "C.UTF-8"])
    }

    /// Starts a command in a cgroup of the user, and waits until it runs.
    package func sleeper(of user: Int) { script("cgroup-sleeper", ["\(user)"]) }

    /// Kills the processes in a user's cgroup, and waits until they have ended.
    package func kill(_ user: Int) { script("cgroup-kill", ["\(user)"]) }

    /// Everything in Berth's part of the tree: names, owners, permissions and settings.
    package var snapshot: [String] { script("cgroup-snapshot").lines }

    /// The names of the cgroups that berth-run created for the user.
    package func leaves(of user: Int = eve) -> [String] {
        shell("cd \(Self.top)/u\(user) && ls -d run-*/ | tr -d /").lines
    }

    package func file(_ name: String, of user: Int = eve) -> String {
        contents(of: "\(Self.top)/u\(user)/\(name)")
    }

    package func exists(_ path: String) -> Bool { access("\(Self.top)/\(path)", F_OK) == 0 }
}
