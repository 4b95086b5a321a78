import Testing

/// Each fault is caused on a test host, and the printed fix is applied verbatim. After that, the
/// check passes and lxc-start works.
@Suite(.enabled(if: FaultScript.obstacle == nil, "\(FaultScript.obstacle ?? "")"))
struct Faults {
    @Test("every fault is reported, and the printed fix works")
    func breaking() async {
        await FaultScript.run(
            "faults.sh", prints: wanted,
            and: [
                "/etc/subuid: no line gives alice subordinate user IDs",
                "the container's root, user 1000000 on the host, has no search permission",
                "/etc/lxc/lxc-usernet:2: the line grants alice nothing: the count "
                    + "\"many\" is not a number",
                "alice has used 1 of 1 NICs on lxcbr0",
                "lxcbr0: the bridge does not exist: the service that creates it has not run, "
                    + "or has failed",
                "USE_LXC_BRIDGE in /etc/default/lxc-net:",
                "the chain FORWARD of docker (ip filter) drops its packets",
                "the chain out (inet strange) drops its packets",
                "port 53 for lxcbr0: python3 (process ",
            ])
    }
}

private let wanted = """
    healthy: 0 0
    healthy, run by alice: 0
    all: alice dora emil carl fred greg
    statuses: 0 2 2 2 2 2 1 0 2 0\u{20}
    3
    no subuid: problem fails -> ok starts
    no subgid: problem fails -> ok starts
    other subuid: problem fails -> ok starts
    no lxc.idmap: problem -> ok
    include of nothing: problem
    home not searchable: problem fails -> ok starts
    home not searchable, without setfacl: problem fails -> ok starts
    an access list: ok starts
    container not searchable: problem fails -> ok starts
    newuidmap not setuid: problem fails -> ok starts
    newgidmap not of root: problem fails -> ok starts
    helper not setuid: problem fails -> ok starts
    helper not of root: problem fails -> ok starts
    no helper: problem fails
    helper on nosuid: problem fails
    no usernet line: problem fails -> ok starts
    no usernet file: problem fails -> ok starts
    faulty count: problem fails -> ok starts
    faulty option: problem fails -> ok starts
    group's option: problem fails -> ok starts
    bob's line: warning
    faulty for another bridge: problem fails -> ok starts
    it stays: warning
    alice veth dmz0 many
    alice veth lxcbr0 10
    quota used up: problem fails -> problem fails
    # users
     alice\tveth lxcbr0  1 mtu=1400 # für web
    a container stopped: ok starts
    usernet not trusted: problem fails -> ok starts
    bridge gone: problem fails -> ok starts
    bridge switched off: problem fails -> ok starts
    bridge down: problem -> ok
    bridge without address: problem -> ok
    no bridge: problem fails
    ip_forward off: problem -> ok
    drop of docker: problem -> ok
    another drop: problem
    own rules lost: problem -> none
    no dnsmasq: warning -> ok
    port 53 taken: warning -> ok
    bad settings: problem
    no user namespaces: problem fails -> ok starts
    no such container: problem
    healthy again: 0 0
    healthy again, run by alice: 0
    documents, 0 faults
    """
