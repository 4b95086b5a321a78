import CLinux
import Glibc

/// A host of a test's own with one tree of cgroups, as OpenRC mounts it.
///
/// The kernel has only one such tree: what a test makes there is seen by others, so that only one test at
/// a time is in it, and leaves nothing. Which controllers are to be had depends on the machine; where
/// others hold nearly all, hugetlb is mostly free.
package struct CgroupHost: ~Copyable {
    package let host: Host
    private let lock: Int32
    private let enabledBefore: String

    /// Where Berth's cgroups are.
    package static let top = "/sys/fs/cgroup/berth"
    /// Where a test's own host has the programs.
    package static let berthRun = "/run/test/bin/berth-run"

    /// Why such tests cannot run here; `nil` if they can.
    package static var obstacle: String? {
        if let obstacle = Host.obstacle { return obstacle }
        if access(programPath, X_OK) != 0 { return "no \(programPath): run make" }
        var information = stat()
        guard stat("/proc/self/ns/cgroup", &information) == 0,
            information.st_ino == linux_INITIAL_CGROUP_NAMESPACE
        else { return "a container, whose cgroups are another host's" }
        if access("/run/systemd/system", F_OK) == 0 { return "systemd's host" }
        let free = shell(
            """
            unshare -m sh -c '{ umount -l /sys/fs/cgroup; mount -t cgroup2 -o nsdelegate x /sys/fs/cgroup; } 2>&- &&
              cat /sys/fs/cgroup/cgroup.controllers && ls -d /sys/fs/cgroup/berth 2>&-'
            """
        ).lines
        guard let controllers = free.first, controllers.split(separator: " ").contains(controller)
        else { return "no \(controller) controller in the unified tree" }
        return nil
    }

    /// The one controller that the tests can count on.
    package static let controller: Substring = "hugetlb"

    private static var programPath: String {
        getenv("BERTH_RUN").map { String(cString: $0) } ?? "berth-run"
    }

    /// Enters a host whose policy has these lines, and on which setup was run.
    package static func enter(_ policy: String...) throws(Host.EntryError) -> CgroupHost {
        let host = try Host.enter()
        let mounted = shell(
            """
            set -e
            # With the trees of the first version that may be mounted beneath it.
            while umount -l /sys 2> /dev/null; do :; done
            mount -t sysfs sysfs /sys
            mount -t cgroup2 -o nsdelegate cgroup2 /sys/fs/cgroup
            install -m 4755 '\(programPath)' '\(berthRun)'
            rm -rf /etc/lxc/lxc-usercgroup
            """)
        guard mounted.succeeded else { throw .notEntered(mounted.complaint) }
        let lock = open("/sys/fs/cgroup", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard flock(lock, LOCK_EX) == 0 else { throw .notEntered("lock") }
        let before = contents(of: "/sys/fs/cgroup/cgroup.subtree_control")
        let entered = CgroupHost(host: host, lock: lock, enabledBefore: before)
        entered.empty()
        if access(top, F_OK) == 0 { throw .notEntered("\(top) is in use") }
        entered.allow(policy)
        shell(
            """
            mkdir \(top)
            echo +\(controller) > /sys/fs/cgroup/cgroup.subtree_control
            echo +\(controller) > \(top)/cgroup.subtree_control
            """)
        return entered
    }

    /// Takes away what was made: to be called at the end of each test.
    package consuming func leave() {
        empty()
        if !enabledBefore.split(whereSeparator: { $0 == " " || $0 == "\n" }).contains(
            Self.controller)
        {
            shell("echo -\(Self.controller) > /sys/fs/cgroup/cgroup.subtree_control")
        }
        close(lock)
    }

    private func empty() {
        shell(
            """
            cd /sys/fs/cgroup
            for top in berth openrc.berth-test berth-test 4000000001 user.slice/user-4000000001.slice; do
              [ -d $top ] || continue
              echo 1 > $top/cgroup.kill
              for n in $(seq 3000); do grep -q 'populated 0' $top/cgroup.events && break; sleep 0.02; done
              find $top -depth -type d -exec rmdir {} \\;
            done
            """)
    }

    /// Writes lxc-usercgroup.
    package func allow(_ lines: [String]) {
        write(lines.map { $0 + "\n" }.joined(), to: "/etc/lxc/lxc-usercgroup")
    }

    /// Runs a shell's script as a user, with the program as `$0`.
    package func run(_ script: String, as user: Int = 2000, groups: [Int] = []) -> Outcome {
        let groups =
            groups.isEmpty
            ? ["--clear-groups"] : ["--groups", groups.map(String.init).joined(separator: ",")]
        return TestSupport.run(
            ["setpriv", "--reuid", "\(user)", "--regid", "\(user)"] + groups
                + ["bash", "-c", script, Self.berthRun])
    }

    /// The user's leaves.
    package func leaves(of user: Int = 2000) -> [String] {
        shell("cd \(Self.top)/u\(user) && ls -d run-*/ | tr -d /").lines
    }

    package func file(_ name: String, of user: Int = 2000) -> String {
        contents(of: "\(Self.top)/u\(user)/\(name)")
    }
}
