internal import Linux

/// Whether setuid programs get their rights in this session, and its groups are those of the
/// account.
enum SessionRights: Check {
    static let name = "session-rights"

    static func findings(_ facts: Facts) -> [Finding] {
        guard let session = facts.session else { return [] }
        let findings =
            privileges(session) + groups(session, facts) + surroundings(facts)
        guard findings.isEmpty else { return findings }
        return [.ok("this session", "setuid programs work in it, and it has the user's groups")]
    }

    private static let programs = "newuidmap, newgidmap and the NIC helper"

    private static func privileges(_ session: SessionFacts) -> [Finding] {
        let again = Fix.advice(
            "start containers from a session without this restriction, such as a login; look for "
                + "what sets it: setpriv, bubblewrap, a sandbox, or NoNewPrivileges= and "
                + "CapabilityBoundingSet= of a systemd unit")
        if session.hasNoNewPrivileges {
            return [
                .problem(
                    "NoNewPrivs of /proc/self/status",
                    "it is set (no_new_privs), so setuid programs gain no privileges in this "
                        + "session: \(programs) fail", again)
            ]
        }
        // The numbers of capabilities(7), in linux/capability.h.
        let needed = [("setgid", 6), ("setuid", 7), ("net_admin", 12), ("sys_admin", 21)]
        let lost = needed.filter { session.boundingSet & 1 << $0.1 == 0 }.map { "cap_\($0.0)" }
        guard !lost.isEmpty else { return [] }
        return [
            .problem(
                "CapBnd of /proc/self/status",
                "the capability bounding set of this session lacks \(listed(lost)), which "
                    + "\(programs) need", again)
        ]
    }

    private static func groups(_ session: SessionFacts, _ facts: Facts) -> [Finding] {
        let name = facts.target.name
        var findings: [Finding] = []
        let group = facts.target.account.group
        if let current = session.group, current != group {
            findings.append(
                .problem(
                    "Gid of /proc/self/status",
                    "this session has the primary group \(current.number), and the account "
                        + "\(name) has \(group.number), so newuidmap and newgidmap refuse to map "
                        + "IDs",
                    .advice(
                        "log out and in again, and do not start containers from newgrp or sg")))
        }
        for missing in session.missingGroups where !missing.files.isEmpty {
            findings.append(
                .problem(
                    "Groups of /proc/self/status",
                    "\(name) is a member of \(missing.name.quoted), to which "
                        + "\(listed(missing.files)) grants something, but this session began "
                        + "before that and does not have the group",
                    .advice("log out of all sessions and in again; newgrp is not enough")))
        }
        return findings
    }

    private static func surroundings(_ facts: Facts) -> [Finding] {
        guard !facts.mounts.all.isEmpty, facts.mounts.all.allSatisfy({ !($0.point == "/") }) else {
            return []
        }
        return [
            .problem(
                "/proc/self/root",
                "this session is in a chroot, in which the kernel creates no user namespace",
                .advice("start containers from a session outside of the chroot"))
        ]
    }
}
