internal import Linux

/// Whether this session is in the host's own namespaces.
///
/// In another network namespace, it sees other interfaces, routes and processes' sockets than
/// containers do; in another user namespace, it sees other owners of files. What the checks of
/// these would say is not true of the host, so they are left out: see ``Checks/findings(_:)``.
enum SessionNamespaceCheck: Check {
    static let name = "session-namespaces"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        let namespaces = facts.namespaces
        var findings: [Finding] = []
        if namespaces.isInOtherUserNamespace {
            findings.append(
                .problem(
                    "/proc/self/uid_map",
                    "this session is in another user namespace than the host's first process, as "
                        + "in a sandbox (bubblewrap, Flatpak), a rootless container or unshare: "
                        + "newuidmap, newgidmap and the NIC helper get no privileges over the "
                        + "host there, and lxc-start fails",
                    .advice(
                        "start containers, and run berth doctor, in a login session of the host")))
            findings.append(
                .unknown(
                    "this session",
                    "files have other owners in it than on the host, so the checks of files, "
                        + "programs, IDs, cgroups and the network are left out"))
        }
        if namespaces.isInOtherNetwork {
            findings.append(
                .problem(
                    "/proc/self/net",
                    "this session is in another network namespace than the host's first process, "
                        + "as that of a VPN, of ip netns exec or of a unit with PrivateNetwork=: "
                        + "lxc-start finds no bridge of the host there, and the NIC helper refuses",
                    .advice(
                        "start containers, and run berth doctor, in a login session of the host")))
            if !namespaces.isInOtherUserNamespace {
                findings.append(
                    .unknown(
                        "this session",
                        "the network of the host is not visible in it, so the checks of it are "
                            + "left out"))
            }
        }
        guard findings.isEmpty, !namespaces.users.isEmpty else { return findings }
        return [.ok("/proc/self/ns", "this session is in the namespaces of the host")]
    }
}
