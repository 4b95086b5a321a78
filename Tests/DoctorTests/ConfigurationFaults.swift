import Testing

/// Each fault is in the configuration of a container, or in a file that it names.
@Suite(.enabled(if: FaultScript.obstacle == nil, "\(FaultScript.obstacle ?? "")"))
struct ConfigurationFaults {
    @Test("every fault of a configuration is reported, and the printed fix works")
    func breaking() async {
        await FaultScript.run(
            "faults-configuration.sh", prints: wanted,
            and: [
                "/web/config:35: LXC does not know the key lxc.uts.nam, and rejects the file: did "
                    + "you mean lxc.uts.name?",
                "/conf.d/tty.conf:1: LXC does not know the key lxc.tty.maxx",
                "/fstab:1: the directory ", "a comment must be on a line of its own",
                "only root can create a NIC of type macvlan: users can have only NICs of type veth",
                "/share/sub, below the source, and the kernel lets users mount such a tree only as "
                    + "a whole, with rbind",
            ])
    }
}

private let wanted = """
    healthy: 0 0
    healthy, run by alice: 0
    healthy, as created: starts
    healthy, files of the distribution: starts
    misspelled key: problem fails -> ok starts
    misspelled key of a NIC: problem fails -> ok starts
    key of LXC 2: problem fails -> ok starts
    unknown key: problem fails -> ok starts
    no equals sign: problem fails -> ok starts
    comment after a value: problem fails -> ok starts
    not a number: problem fails -> ok starts
    not a flag: problem fails -> ok starts
    no such signal: problem fails -> ok starts
    no such automatic mount: problem fails -> ok starts
    capability with its prefix: problem fails -> ok starts
    no such architecture: problem fails -> ok starts
    capabilities kept and dropped: problem fails -> ok starts
    no such limit: problem fails -> ok starts
    soft limit above the hard one: problem fails -> ok starts
    no link: problem fails -> ok starts
    prefix length of an address: problem fails -> ok starts
    mode before the type: problem fails -> ok starts
    hook version: problem fails -> ok starts
    kind of ID map: problem fails -> ok starts
    key of LXC 7: problem fails -> ok starts
    misspelled lxc: problem -> ok
    no comment sign: warning -> ok
    misspelled key of an included file: problem fails -> ok starts
    included file not readable: problem fails -> ok starts
    no rootfs: problem fails -> ok starts
    rootfs missing: problem fails
    rootfs is a file: problem fails
    rootfs is relative: problem fails
    rootfs on lvm: problem fails
    rootfs on rbd: problem fails
    rootfs on nbd: problem fails
    rootfs on loop: problem fails
    overlay of one directory: problem fails
    lower layer missing: problem fails
    upper layer not writable: problem fails
    rootfs mount point: problem fails -> ok starts
    idmapped rootfs: problem fails -> ok starts
    rootfs of alice's own ID: problem -> ok
    its owner: 1000000:1000000 1000000:1000000 starts
    rootfs on noexec: problem fails
    rootfs on nosuid: warning starts
    init missing: problem fails
    init misspelled: problem fails -> ok starts
    init not executable: problem fails -> ok starts
    interpreter of init missing: problem fails
    init of another architecture: problem
    working directory of init: problem fails -> ok starts
    source missing: problem fails -> ok starts
    source missing elsewhere: problem fails -> ok starts
    mount point missing: problem fails -> ok starts
    mount point of a file missing: problem fails -> ok starts
    file created for a directory: problem -> ok
    then: starts
    directory created for a file: problem -> ok
    then: starts
    file onto a directory: problem fails
    absolute mount point: warning -> ok
    it is relative now: 1 starts
    no bind: problem fails -> ok starts
    fields missing: problem fails
    file system for root only: problem fails
    source not searchable: problem fails -> ok starts
    relative source: problem fails
    mount point is a link: problem fails
    submount without rbind: problem fails -> ok starts
    device without create: problem fails -> ok starts
    device missing: problem fails -> ok starts
    lower layer of an entry: problem fails -> ok starts
    idmapped mount: problem fails -> ok starts
    source of a fstab: problem fails -> ok starts
    healthy, mounts: starts
    hook missing: problem fails -> none starts
    hook not executable: problem fails -> unknown starts
    hook of the container's root: problem fails -> unknown starts
    interpreter of a hook missing: problem fails
    start hook not in the container: problem fails -> none starts
    script of a NIC: problem fails -> none starts
    healthy, hooks: starts
    seccomp profile missing: problem fails -> none starts
    seccomp profile without version: problem fails -> none starts
    seccomp profile without list: problem fails -> none starts
    healthy, seccomp profile: starts
    seccomp profile not readable: problem fails -> ok starts
    log not writable: problem fails -> none starts
    console log not writable: problem fails -> none starts
    fstab missing: problem fails -> none starts
    healthy, logs: starts
    limit of cgroup version 1: problem fails -> warning starts
    devices of cgroup version 1: problem fails -> none starts
    no such controller: problem
    setting of the host: problem fails -> none starts
    no such setting: problem fails -> none starts
    setting of a process: problem fails -> none starts
    mount namespace of the monitor: problem fails -> none starts
    network namespace of the host: problem fails -> none starts
    user namespace of the host: problem fails -> none starts
    namespace of a stopped container: problem fails
    healthy, limits: starts
    NIC of type macvlan: problem fails -> ok starts
    NIC of type ipvlan: problem fails -> ok starts
    NIC of type vlan: problem fails -> ok starts
    NIC of type phys: problem fails -> ok starts
    the host's network: problem fails -> ok starts
    type after the other keys: problem fails -> ok starts
    type missing: problem -> ok reachable
    two NICs of one name: problem fails -> ok starts
    long name: warning -> ok
    hardware address: problem fails -> ok starts
    multicast address: problem fails -> ok starts
    setting without effect: warning starts
    address of a NIC that is down: problem -> ok reachable
    gateway of a NIC that is down: problem fails -> ok starts
    no prefix length: warning -> ok reachable
    another prefix length: warning -> ok reachable
    gateway outside the network: problem -> ok reachable
    address 10.9.9.9/24: problem starts
    address 10.0.3.1/24: problem starts
    address 10.0.3.255/24: problem starts
    one address twice: problem -> ok
    address of another container: warning starts
    hardware address of another: warning
    address that is leased: warning starts
    healthy, static address: ok reachable
    healthy again: 0 0
    healthy again, run by alice: 0
    documents, 0 faults
    """
