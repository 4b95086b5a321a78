internal import Linux

/// Whether this session is in the host's own namespaces.
///
/// In another network namespace, it sees interfaces, routes and sockets that are not those of the
/// host; in another user namespace, it sees other owners of files. The results of checks that
/// depend on these would be wrong for the host, so these checks are left out: see
/// ``Checks/findings(_:)``.
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
                    "this session is not in the user namespace of the host's first process, but "
                        + "in another one, such as that of a sandbox (bubblewrap, Flatpak), a "
                        + "rootless container or unshare: newuidmap, newgidmap and the NIC helper "
                        + "get no privileges over the host there, and lxc-start fails",
                    .advice(
                        "start containers, and run berth doctor, in a login session of the host")))
            findings.append(
                .unknown(
                    "this session",
                    "the owners of files differ from those on the host, so the checks of files, "
                        + "programs, IDs, cgroups and the network are left out"))
        }
        if namespaces.isInOtherNetwork {
            findings.append(
                .problem(
                    "/proc/self/net",
                    "this session is not in the network namespace of the host's first process, "
                        + "but in another one, such as that of a VPN, ip netns exec or a unit with "
                        + "PrivateNetwork=: lxc-start finds no bridge of the host there, and the "
                        + "NIC helper refuses to create a NIC",
                    .advice(
                        "start containers, and run berth doctor, in a login session of the host")))
            if !namespaces.isInOtherUserNamespace {
                findings.append(
                    .unknown(
                        "this session",
                        "the network of the host is not visible there, so its checks are left out"
                    ))
            }
        }
        guard findings.isEmpty, !namespaces.users.isEmpty else { return findings }
        return [.ok("/proc/self/ns", "this session is in the namespaces of the host")]
    }
}
