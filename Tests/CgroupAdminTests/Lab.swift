import CLinux
import Glibc
import TestSupport

/// A private host for tests of berth-cgroup: private mounts, /etc and /run, and the cgroup
/// hierarchy of the kernel. That is shared with the machine, so only one test at a time uses it,
/// removes what it made, and restores the controllers of the root.
///
/// Most controllers may be in use by cgroup v1. hugetlb usually is not, and suffices.
struct Lab {
    enum Trouble: Error {
        case notEntered(String)
    }

    static let top = "/sys/fs/cgroup/berth"
    static let eve = 64000
    static let bob = 64001

    private let lock: Int32
    private let enabledBefore: [Substring]

    /// Why these tests cannot run here; `nil` if they can.
    static let obstacle: String? = {
        guard geteuid() == 0 else { return "not root" }
        for name in ["BERTH_CGROUP", "BERTH_RUN", "BERTH_PAM"]
        where access(program(name), X_OK) != 0 {
            return "no program in \(name): run make"
        }
        var information = stat()
        guard stat("/proc/self/ns/cgroup", &information) == 0,
            information.st_ino == linux_INITIAL_CGROUP_NAMESPACE
        else { return "a container, whose cgroups are another host's" }
        if access("/run/systemd/system", F_OK) == 0 { return "a host of systemd's" }
        let seen = shell(
            """
            exec unshare -m sh -c 'while umount -l /sys; do :; done 2>&-
              mount -t sysfs sysfs /sys \
                && mount -t cgroup2 -o nsdelegate cgroup2 /sys/fs/cgroup || exit
              flock -w 60 /sys/fs/cgroup sh -c "
                cat /sys/fs/cgroup/cgroup.controllers; ls -d \(top) 2>&-; true"'
            """
        ).lines
        guard !seen.isEmpty else { return "another test is in the tree of cgroups" }
        guard seen.first?.split(separator: " ").contains("hugetlb") == true else {
            return "no controller hugetlb in the unified tree"
        }
        return seen.contains(top) ? "\(top) is in use" : nil
    }()

    static func program(_ name: String) -> String {
        getenv(name).map { String(cString: $0) } ?? ""
    }

    /// Cannot be undone: for the body of an exit test.
    static func enter(_ policy: String...) throws -> Lab {
        guard unshare(linux_CLONE_NEWNS) == 0 else { throw Trouble.notEntered("unshare") }
        let made = shell(
            """
            set -e
            mount --make-rprivate /
            while umount -l /sys; do :; done 2>&-
            mount -t sysfs sysfs /sys
            mount -t cgroup2 -o nsdelegate cgroup2 /sys/fs/cgroup
            mount -t tmpfs -o mode=755 tmpfs /run
            mkdir -p /run/test/etc /run/test/bin
            cp -a /etc/. /run/test/etc/
            mount --bind /run/test/etc /etc
            printf '%s\\n' 'passwd: files' 'group: files' > /etc/nsswitch.conf
            for user in eve:\(eve) bob:\(bob); do
              echo "${user%:*}:x:${user#*:}:${user#*:}::/run:/bin/sh" >> /etc/passwd
              echo "${user%:*}:x:${user#*:}:" >> /etc/group
            done
            echo team:x:64010:bob >> /etc/group
            rm -rf /etc/lxc/lxc-usercgroup
            install -m 755 '\(program("BERTH_CGROUP"))' /run/test/bin/berth-cgroup
            install -m 755 '\(program("BERTH_PAM"))' /run/test/bin/berth-pam
            install -m 4755 '\(program("BERTH_RUN"))' /run/test/bin/berth-run
            """)
        guard made.succeeded else { throw Trouble.notEntered(made.complaint) }
        let lock = open("/sys/fs/cgroup", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard flock(lock, LOCK_EX) == 0 else { throw Trouble.notEntered("lock") }
        guard access(top, F_OK) != 0 else { throw Trouble.notEntered("\(top) is in use") }
        let enabled = contents(of: "/sys/fs/cgroup/cgroup.subtree_control")
        let lab = Lab(lock: lock, enabledBefore: enabled.split { $0 == " " || $0 == "\n" })
        lab.allow(policy)
        return lab
    }

    /// Removes what was made.
    func leave() {
        shell(
            """
            cd /sys/fs/cgroup
            for top in berth berth-other openrc.berth-test berth-limited; do
              [ -d $top ] || continue
              echo 1 > $top/cgroup.kill
              for n in $(seq 3000); do
                grep -q 'populated 0' $top/cgroup.events && break; sleep 0.02
              done
              find $top -depth -type d -exec rmdir {} \\;
            done
            for controller in $(cat cgroup.subtree_control); do
              case ' \(enabledBefore.joined(separator: " ")) ' in
              *" $controller "*) ;;
              *) echo -$controller > cgroup.subtree_control ;;
              esac
            done
            """)
        close(lock)
    }

    /// Kills all processes in a user's cgroup, and waits for their end.
    func kill(_ user: Int) {
        shell(
            """
            cd \(Self.top)/u\(user); echo 1 > cgroup.kill
            for n in $(seq 3000); do grep -q 'populated 0' cgroup.events && break; sleep 0.02; done
            """)
    }

    /// Writes lxc-usercgroup.
    func allow(_ lines: [String]) {
        write(lines.map { $0 + "\n" }.joined(), to: "/etc/lxc/lxc-usercgroup")
        shell("chown root:root /etc/lxc/lxc-usercgroup; chmod 644 /etc/lxc/lxc-usercgroup")
    }

    func allow(_ lines: String...) { allow(lines) }

    /// Runs berth-cgroup.
    @discardableResult
    func service(_ words: String...) -> Outcome {
        TestSupport.run(["/run/test/bin/berth-cgroup"] + words)
    }

    /// Runs a shell script as a user, with the groups of the account.
    func run(_ script: String, as user: Int) -> Outcome {
        TestSupport.run(
            [
                "setpriv", "--reuid", "\(user)", "--regid", "\(user)", "--init-groups", "bash",
                "-c", "PATH=/run/test/bin:$PATH; \(script)",
            ])
    }

    /// Starts a command in a leaf of the user, and waits until it is in it.
    func sleeper(of user: Int) {
        shell(
            """
            setpriv --reuid \(user) --regid \(user) --init-groups \\
              /run/test/bin/berth-run sleep 300 <&- >&- 2>&- 8>&- 9>&- &
            for n in $(seq 3000); do
              for p in $(cat \(Self.top)/u\(user)/run-*/cgroup.procs 2>&-); do
                [ "$(cat /proc/$p/comm)" = sleep ] && exit
              done; sleep 0.02
            done
            """)
    }

    /// All cgroups in `berth`: names, owners, permissions, and the contents of files with settings.
    var snapshot: [String] {
        shell(
            """
            cd \(Self.top) && find . -printf '%p %U:%G %m\\n' | sort
            grep -r . --include='*.max*' --include='cgroup.subtree_control' . | sort
            cat /sys/fs/cgroup/cgroup.subtree_control
            """
        ).lines
    }

    func file(_ name: String, of user: Int = eve) -> String {
        contents(of: "\(Self.top)/u\(user)/\(name)")
    }

    func exists(_ path: String) -> Bool { access("\(Self.top)/\(path)", F_OK) == 0 }

    /// The names of a user's leaves.
    func leaves(of user: Int = eve) -> [String] {
        shell("cd \(Self.top)/u\(user) && ls -d run-*/ | tr -d /").lines
    }
}
