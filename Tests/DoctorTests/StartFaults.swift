import TestSupport
import Testing

/// Faults that make lxc-start or the container's programs fail before the network matters.
/// The real lxc-start runs before and after the printed fix.
@Suite(.enabled(if: FaultScript.obstacle == nil, "\(FaultScript.obstacle ?? "")"))
struct StartFaults {
    @Test("faults of programs, files, sessions and the host are reported, and the fix works")
    func breaking() async {
        await FaultScript.run(
            "faults-start.sh", prints: wanted,
            and: [
                "overlaps \"u 0 1000000 65536\", line 9, and the kernel accepts no ID twice",
                "leaves the container without net_admin and net_raw",
                "lxc.prlimit.nofile is above 256, the hard limit of this session",
                "begins with a byte order mark",
                "/run/console may not be read and written by alice",
                "lxc.conf:1: lxc.lxcpath sets the container directory to /srv/lxc",
                "needs the interpreter \"/bin/sh\\015\", which does not exist: its lines end",
                "needs no-such-program to run it",
                "is a program for 64-bit ARM",
                "lxc-start cannot read it as alice: it is a directory",
                "it is a symbolic link to /nowhere/config",
                "rootfs/etc/init.d/rcS: it belongs to user 0",
                "that lxc-start locks may not be written by alice",
                "lacks cap_net_admin and cap_sys_admin",
                "alice is a member of crew, to which /etc/lxc/lxc-usernet",
                "/usr/bin/newuidmap: alice may not execute it: its mode is 4750, its group 0",
                "/proc/cpuinfo: a mount of type tmpfs hides what is below it",
                "/run/lxc: its file system is full",
                "/etc/subuid:1: the line, which names alice, grants nothing",
                "user 5000 has the names al and alice, and programs use the first, al",
            ])
    }
}

private let wanted = """
    healthy, as created: 0 0 starts
    ID mapped twice: problem fails -> ok starts
    own ID mapped inside a range: problem fails -> ok starts
    empty range: problem fails -> ok starts
    noexec: problem fails -> ok starts
    healthy, nosuid and nodev: 0 0 starts
    net_admin dropped: problem starts -> none starts
    few capabilities kept: problem starts -> none starts
    healthy, other capabilities dropped: 0 0 starts
    init is not root: problem starts -> none starts
    address space in kB: problem fails -> none starts
    above fs.nr_open: problem fails -> none starts
    healthy, sensible limits: 0 0 starts
    console of root: problem fails -> none starts
    comment behind a value: warning fails -> ok starts
    byte order mark: problem fails -> ok starts
    blank in a path: problem fails
    another lxcpath: problem fails -> ok starts
    hook with CR LF: problem fails
    hook without its interpreter: problem fails
    healthy, hook with env: 0 0 starts
    hook for another architecture: problem fails
    init with CR LF: problem fails
    init without its interpreter: problem fails
    configuration of root: problem fails
    configuration a directory: problem fails
    dangling link: problem fails
    script of root: problem starts
    creation interrupted: problem -> ok
    healthy, created: 0 0 starts
    locks of root: problem fails -> ok starts
    home read-only: warning fails
    no new privileges: problem fails -> ok starts
    bounding set: problem fails -> ok starts
    another primary group: problem fails -> ok starts
    group not active: problem fails -> ok starts
    few processes: problem fails -> ok starts
    few files: problem fails -> ok starts
    above the hard limit: problem fails -> none starts
    newuidmap of a group: problem fails -> ok starts
    lxc-start of a group: problem -> ok
    helper of a group: problem fails -> ok starts
    closed directory of the helper: problem fails -> ok starts
    closed directory, seen by alice: problem fails -> problem fails
    healthy, a copy of berth-nic: 0 0 starts
    file of proc covered: problem fails -> ok starts
    directory of sysfs covered: problem fails -> ok starts
    healthy, empty directory of sysfs covered: 0 0 starts
    null is a file: problem
    runtime directory full: problem fails
    comment in subuid: problem fails -> ok starts
    two names: problem fails
    small MTU: problem starts
    healthy, usual MTU: 0 0 starts
    reservation bypassed: warning starts -> ok starts
    random address: warning starts -> ok starts
    hidden processes: unknown starts -> unknown starts
    healthy, at the end: 0 0 starts
    documents, 0 faults
    """
