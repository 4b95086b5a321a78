/// Where Berth's files are on the host, and where the files of other programs are that it reads or writes.
///
/// Most of these paths are contracts: LXC's helper, its lxc-net script and dnsmasq use the same ones.
package enum Paths {
    // MARK: - Who may have what

    package static let lxcConfiguration = "/etc/lxc"
    package static let usernetName = "lxc-usernet"
    package static let usernet = "/etc/lxc/lxc-usernet"
    package static let usercgroupName = "lxc-usercgroup"
    package static let usercgroup = "/etc/lxc/lxc-usercgroup"

    // MARK: - State that a reboot clears

    package static let lxcRuntime = "/run/lxc"
    /// The ledger of NICs, which berth-nic shares with LXC's own helper.
    package static let ledgerName = "nics"
    package static let ledger = "/run/lxc/nics"
    /// lxc-net's mark that its network is up.
    package static let networkUp = "/run/lxc/network_up"
    package static let networkRecord = "/run/lxc/berth-net.json"
    package static let networkLock = "/run/lxc/berth-net.lock"
    package static let cgroupLock = "/run/lxc/berth-cgroup.lock"
    /// The process number of lxcbr0's dnsmasq, where lxc-net writes it too.
    package static let dnsmasqPID = "/run/lxc/dnsmasq.pid"

    // MARK: - Networks

    /// Debian's directory for settings, and Fedora's.
    package static let settingsDirectories = ["/etc/default", "/etc/sysconfig"]
    /// One file for each network besides the first.
    package static let networkSettings = "/etc/lxc/net.d"
    package static let leases = "/var/lib/misc"
    package static let lxcState = "/var/lib/lxc"
    /// What IPv6 prefixes are derived from on a host without a machine ID.
    package static let randomSeed = "/var/lib/lxc/berth-net.seed"
    package static let machineID = "/etc/machine-id"
    package static let resolvConf = "/etc/resolv.conf"

    // MARK: - Other programs

    package static let openVSwitchControl = "/usr/bin/ovs-vsctl"
    /// It exists where systemd is the init: see sd_booted(3).
    package static let systemdRuntime = "/run/systemd/system"
}
