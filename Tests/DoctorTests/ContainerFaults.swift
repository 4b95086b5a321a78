import TestSupport
import Testing

/// Faults in the container's own files, and in the session that starts it. The real lxc-start runs
/// before and after the printed fix, and the container asks for its address.
@Suite(.enabled(if: FaultScript.obstacle == nil, "\(FaultScript.obstacle ?? "")"))
struct ContainerFaults {
    @Test("faults of the container's files and of the session are reported, and the fix works")
    func breaking() async {
        await FaultScript.run(
            "faults-container.sh", prints: wanted,
            and: [
                "is a symbolic link to /run/host/disk/root, and LXC does not follow a link",
                "the container's init, is a symbolic link to /opt/runit/init, which does not exist",
                "inittab:1: /etc/init.d/rcS is not executable",
                "/etc/init.d/rcS needs /bin/dash, which the container does not have",
                "/etc/init.d/rcS does not exist in the container",
                "/etc/init.d/rcS leads through a symbolic link to /opt/rc",
                "/etc/init.d/rcS needs /bin/sh, which the container does not have",
                "rcS:2: /sbin/rsyslogd does not exist in the container",
                "the standard script of udhcpc, does not exist in the container",
                "the NIC has the name ens3 in the container (lxc.net.0.name), but the container's",
                "set up enp0s3",
                "lxc.net.0.type = empty gives the container no NIC but the loopback interface",
                "is down: the container does not set it up, and",
                "has no lxc.net.0.flags = up",
                "it is a symbolic link to /run/systemd/resolve/stub-resolv.conf",
                "HOME=/root: the home directory of alice is",
                "bin/newuidmap: it comes before /usr/bin/newuidmap in the PATH",
                "this session is not in the user namespace of the host's first process",
                "this session is not in the network namespace of the host's first process",
                "/etc/passwd: alice may not read it: its mode is 600",
                "/usr/libexec: alice may not search this directory",
                "inittab: its lines end with a carriage return (CR LF)",
                "inittab: it has no line that starts a program",
                "/lxc/rootfs: this directory, on which LXC mounts the root file system of a",
                "the directory of the containers is a symbolic link to /run/host/none",
                "profile:3: LXC rejects this line of the seccomp profile: errno needs the number",
                "the seccomp profile does not allow execve, exit_group and close",
                "the container would share these namespaces with the host: uts",
                "tmpfs has no option sise=10m",
                "the mount point ../srv leads out of the root file system",
                "/dev/pts: no devpts is mounted there",
                "the seccomp profile does not allow socket, without which",
                "the directory of the container exists, but its configuration file does not",
                "alice has no container roots, but root has one",
                "alice has no container wbe: did you mean web?",
                "/run/host/closed: alice has no search permission on this directory",
                "it names 10.0.4.1, which no host on lxcbr0 has",
                "it sends packets to the router 10.0.3.254, which neither lxcbr0 nor a container",
                "neither this file nor the scripts that it runs start a DHCP client",
                "fails: its line 2 runs nosuchprogram, which does not exist",
                "line 1 of /etc/nsswitch.conf, \"passwd: sss\", does not name files",
            ])
    }
}

private let wanted = """
    healthy, as created: 0 0 starts
    as created: online
    root file system a link: problem fails -> ok starts
    init a dangling link: problem fails
    healthy, sbin a link:
    script not executable: problem offline -> ok online
    script without its shell: problem offline
    script missing: problem offline
    script a dangling link: problem offline
    no shell: problem offline
    getty missing: warning starts
    command of a script missing: warning starts
    healthy, conditions in a script:
    accounts closed: warning
    then: ok 644
    no accounts: warning starts
    inittab with CR LF: problem offline
    empty inittab: problem offline
    healthy, no inittab:
    healthy, closed root file system: 0 0 starts
    mount point of LXC missing: problem fails -> ok starts
    directory a dangling link: problem fails
    error without number: problem fails -> none starts
    unknown action: problem fails -> none starts
    allowlist too short: problem fails -> none starts
    healthy, seccomp profile: 0 0 starts
    no namespace of host names: problem fails -> none starts
    healthy, namespaces: 0 0 starts
    option of tmpfs: problem fails
    healthy, tmpfs: 0 0 starts
    mount point outside: problem fails
    no sockets: problem starts -> none starts
    key in upper case: problem fails -> ok starts
    ID map in upper case: problem fails -> ok starts
    healthy, comments of other programs: 0 0 starts
    configuration gone: problem fails
    disk closed: problem fails
    disk open: ok starts
    script of udhcpc missing: problem offline
    other script of udhcpc missing: problem offline
    another name: warning offline -> ok online
    name of another host: warning offline -> ok online
    empty network: warning offline -> ok online
    no network: warning offline -> ok online
    flags missing: problem
    interfaces of another host: warning starts
    healthy, interfaces:
    network of another host: warning starts
    healthy, networkd:
    resolv.conf of systemd: warning starts
    resolv.conf dangling: warning starts
    healthy, resolv.conf of a daemon:
    resolv.conf of another network: warning starts
    interfaces with another router: problem starts
    healthy, interfaces with an address:
    no DHCP client: warning offline
    healthy, address of a script:
    HOME of root: problem fails -> unknown starts
    no HOME: problem fails -> unknown starts
    healthy, HOME by a link: 0
    newuidmap of another prefix: problem fails -> ok starts
    healthy, PATH of a user: 0
    PATH without programs: problem
    user namespace: problem fails -> ok starts
    root of a namespace: problem fails -> ok starts
    VPN: problem fails -> ok starts
    root in a VPN: problem bridge none
    /etc/passwd closed: problem -> ok
    others closed: warning -> ok
    healthy, directory that users cannot list: 0 0 starts
    directory closed: problem fails -> ok starts
    /tmp closed: warning -> ok
    devpts covered: problem fails -> ok starts
    devpts unmounted: problem fails -> ok starts
    hook without privileges: unknown fails
    hook that fails: problem fails -> none starts
    hook with exit 3: problem fails -> none starts
    hook with nosuchprogram a: problem fails -> none starts
    hook with test -d /nowhere: problem fails -> none starts
    hook with conditions: unknown starts
    sigpending=0:0: problem ok fails
    nofile=20:20: problem ok fails
    accounts elsewhere: 1
    healthy, at the end: 0 0 starts
    documents, 0 faults
    """
