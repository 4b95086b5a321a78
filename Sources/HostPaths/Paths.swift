/// The paths of Berth's files, and of files of other programs that Berth reads or writes.
///
/// LXC's helper, LXC's lxc-net script and dnsmasq use some of the same paths.
package enum Paths {
    // MARK: - Quotas and limits of users

    package static let lxcConfiguration = "/etc/lxc"
    package static let usernetName = "lxc-usernet"
    package static let usernet = "/etc/lxc/lxc-usernet"
    package static let usercgroupName = "lxc-usercgroup"
    package static let usercgroup = "/etc/lxc/lxc-usercgroup"

    // MARK: - Identity of containers

    /// The key from which hardware addresses of containers are derived.
    package static let identityKeyName = "berth.key"
    package static let identityKey = "/etc/lxc/berth.key"
    /// Hardware addresses that berth-net reserves for containers.
    package static let reservedAddressesName = "berth-reserved"
    package static let reservedAddresses = "/run/lxc/berth-reserved"

    // MARK: - Accounts

    /// Where the files of accounts are: see login.defs(5) and subuid(5).
    package static let accounts = "/etc"
    package static let loginDefinitionsName = "login.defs"
    package static let subordinateUsersName = "subuid"

    // MARK: - State that a reboot clears

    package static let lxcRuntime = "/run/lxc"
    /// The ledger of NICs, shared with LXC's own helper.
    package static let ledgerName = "nics"
    package static let ledger = "/run/lxc/nics"
    /// Locked by processes that wait for the ledger; its contents count refused requests.
    package static let ledgerTurns = "/run/lxc/nics.lock"
    /// Exists while a network of lxc-net or berth-net is up.
    package static let networkUp = "/run/lxc/network_up"
    package static let networkRecordName = "berth-net.json"
    package static let networkRecord = "/run/lxc/berth-net.json"
    /// Locked while `berth-net run` is running.
    package static let networkRunMarker = "/run/lxc/berth-net.run"
    /// The IPv6 addresses that NICs with ipfilter have claimed.
    package static let addressClaimsName = "berth-net.claims"
    package static let addressClaims = "/run/lxc/berth-net.claims"
    package static let networkLock = "/run/lxc/berth-net.lock"
    package static let cgroupLock = "/run/lxc/berth-cgroup.lock"
    /// The PID file of dnsmasq on lxcbr0, where lxc-net also writes it.
    package static let dnsmasqPID = "/run/lxc/dnsmasq.pid"

    // MARK: - Networks

    /// Where Debian and Fedora keep the settings of services.
    package static let settingsDirectories = ["/etc/default", "/etc/sysconfig"]
    /// One file for each additional network.
    package static let networkSettings = "/etc/lxc/net.d"
    package static let leases = "/var/lib/misc"
    package static let lxcState = "/var/lib/lxc"
    /// The seed of IPv6 prefixes on a host without a machine ID.
    package static let randomSeed = "/var/lib/lxc/berth-net.seed"
    package static let machineID = "/etc/machine-id"
    package static let resolvConf = "/etc/resolv.conf"
    package static let hosts = "/etc/hosts"
    package static let nameServiceSwitch = "/etc/nsswitch.conf"
    /// openresolv's configuration.
    package static let resolvconfConfiguration = "/etc/resolvconf.conf"
    /// systemd-resolved writes it when it starts.
    package static let resolvedStub = "/run/systemd/resolve/stub-resolv.conf"
    package static let hostName = "/proc/sys/kernel/hostname"

    // MARK: - Other programs

    package static let openVSwitchControl = "/usr/bin/ovs-vsctl"
    /// The socket of the database of Open vSwitch.
    package static let openVSwitchDatabase = "/run/openvswitch/db.sock"
    /// Exists if systemd is the init system: see sd_booted(3).
    package static let systemdRuntime = "/run/systemd/system"
    /// Exists if OpenRC starts the services.
    package static let openRCRuntime = "/run/openrc"
    /// Exists if finit is the init system.
    package static let finitRuntime = "/run/finit"
    /// XDG_RUNTIME_DIR of a user's login session.
    package static func userRuntime(of user: UInt32) -> String { "/run/user/\(user)" }
    /// The private D-Bus socket of a user's systemd manager.
    package static func userManagerSocket(of user: UInt32) -> String {
        userRuntime(of: user) + "/systemd/private"
    }
}
