import TestSupport
import Testing

/// Faults of what is installed, and of the files in which Berth keeps its state. The real lxc-start
/// runs before and after the printed fix.
@Suite(.enabled(if: FaultScript.obstacle == nil, "\(FaultScript.obstacle ?? "")"))
struct InstallationFaults {
    @Test("faults of the installation are reported, and the printed fix works")
    func breaking() async {
        await FaultScript.run(
            "faults-installation.sh", prints: wanted,
            and: [
                "it is LXC's own helper: lxc-start does not use berth-nic",
                "/run/lxc/nics: users other than root can write it",
                "/etc/default/lxc-net: it does not belong to root",
                "/run/lxc/nics:2: the line is not of the form OWNER TYPE BRIDGE NIC",
                "/run/lxc/nics: it has no row for veth5000_",
                "/run/lxc/berth-net.json cannot be parsed",
                "/etc/passwd and /etc/group are not sufficient to determine the names of alice",
            ])
    }
}

private let wanted = """
    healthy: 0 0
    healthy, run by alice: 0
    files: ok
    state: ok
    services: ok
    modules: none
    clock: ok
    helper: ok
    stock helper: warning starts -> ok starts
    -rwxr-xr-x
    no helper: problem fails -> ok starts
    dangling link: problem fails -> ok starts
    ledger writable: problem fails -> ok starts
    ledger of alice: problem fails -> ok starts
    ledger readable: warning starts -> ok starts
    lock writable: problem fails -> ok starts
    runtime directory writable: problem fails -> ok starts
    runtime directory of alice: problem fails -> ok starts
    configuration writable: problem fails -> ok starts
    defaults writable: problem starts -> ok starts
    settings writable: problem starts -> ok starts
    settings of alice: problem starts -> ok starts
    net.d writable: problem starts -> ok starts
    record writable: problem starts -> none starts
    berth-nic not setuid: problem fails -> ok starts
    program directory writable: problem starts -> ok starts
    program directory closed: problem fails -> ok starts
    ledger a directory: problem fails -> ok starts
    key readable: warning starts -> ok starts
    key of alice: warning starts -> ok starts
    key empty: warning starts -> ok starts
    damaged row: warning
    repaired by berth-nic: ok
    row lost: warning
    started again: ok
    record damaged: warning starts -> none starts
    record of a newer version: warning
    record restored: none
    lxc-net on OpenRC: warning
    rc-update del lxc-net default
    dnsmasq.lxcbr0: warning
    rc-update del dnsmasq.lxcbr0 boot
    networkd: warning
    networkd, unmanaged: ok
    clock set back: warning
    clock right: ok
    names in files: ok
    names elsewhere: ok starts
    without berth-nic.nss: problem fails
    alice, installed-files: ok
    alice, state-files: unknown
    alice, competing-services: ok
    alice, kernel-modules: none
    alice, clock: ok
    alice, leases: ok
    alice, routes: ok
    healthy again: 0 0
    healthy again, run by alice: 0
    documents, 0 faults
    """
