/// Messages about user namespaces, ID maps, and the path to the container's files.
extension LXCLogMessage {
    static func ofIDs(_ host: LXCLogHost) -> [LXCLogMessage] {
        ofMappingPrograms(host) + ofNamespaces(host) + [
            LXCLogMessage(
                "no-subordinate-ids", Pattern("Your system is not configured with subuids"),
                Pattern("Your system is not configured with subgids"),
                Pattern("You do not have subuids or subgids allocated"),
                meaning: "/etc/subuid or /etc/subgid gives this user no subordinate IDs.",
                advice: "run berth doctor, which prints the lines to add"),
            LXCLogMessage(
                "no-idmap", Pattern("You must either run as root, or define uid mappings"),
                meaning: "The configuration has no lxc.idmap, and the user is not root.",
                advice: "write lxc.include = /etc/lxc/default.conf and the two lxc.idmap lines to "
                    + "~/.config/lxc/default.conf; berth doctor prints them"),
            LXCLogMessage(
                "no-root-mapping", Pattern("No uid mapping for container root"),
                Pattern("No gid mapping for container root"),
                Pattern("No mapping for container root found"),
                meaning: "lxc.idmap does not map user or group 0, so the container would have no "
                    + "root.",
                advice: "write lxc.idmap = u 0 START COUNT, and lxc.idmap = g 0 START COUNT",
                follows: ["no-idmap"]),
            LXCLogMessage(
                "home", Pattern("Could not access", "grant it x access"), errno: .EACCES,
                meaning: "The container's root, whose user ID has no account on the host, has no "
                    + "search permission on a directory of the path to its files.",
                advice: "run chmod o+x or setfacl on it; berth doctor prints the command"),
            LXCLogMessage(
                "pin", Pattern("Failed to pin rootfs"),
                errno: .EACCES, .EPERM, .EROFS,
                meaning: "Without lxc.idmap, only root can start a container with this root file "
                    + "system.",
                advice: "add lxc.idmap to the container's config; berth doctor prints the lines"),
            LXCLogMessage(
                "rootfs-owner", Pattern("Failed to create \"/dev\" directory"),
                errno: .EACCES, .EPERM, .EOVERFLOW,
                meaning: "The container's root cannot write to the root file system.",
                advice: "as root, change the owner of the root file system to the user ID that "
                    + "lxc.idmap maps root to, or recreate the container"),
            LXCLogMessage(
                "chown-rootfs", Pattern("Error chowning", "to container root"),
                meaning: "lxc-create could not change the owner of the files to the container's "
                    + "root.",
                advice: "run berth doctor, which checks lxc.idmap, /etc/subuid and newuidmap",
                follows: ["no-idmap", "subuid", "subgid", "map-denied", "map-failed"]),
        ]
    }

    private static func ofMappingPrograms(_ host: LXCLogHost) -> [LXCLogMessage] {
        let causes = [
            "newuidmap-mode", "newgidmap-mode", "newuidmap-missing", "newgidmap-missing", "subuid",
            "subgid",
        ]
        return [
            notAllowed("subuid", program: "newuidmap", kind: "uid", ids: "user IDs"),
            notAllowed("subgid", program: "newgidmap", kind: "gid", ids: "group IDs"),
            unprivileged("newuidmap"), unprivileged("newgidmap"),
            missing("newuidmap", message: "uidmap binary is missing", host),
            missing("newgidmap", message: "gidmap binary is missing", host),
            LXCLogMessage(
                "map-denied", Pattern("idmap", "map failed: Operation not permitted"),
                meaning: "newuidmap or newgidmap has no privilege to write the ID map: it is not "
                    + "setuid root, its file system is mounted nosuid, lxc-start runs with "
                    + "no_new_privs, or this host is a container in which these IDs do not exist.",
                advice: "run berth doctor, which checks both programs; if this host is a "
                    + "container, map more IDs into it"),
            LXCLogMessage(
                "map-invalid", Pattern("idmap", "map failed: Invalid argument"),
                meaning: "The kernel rejected the ID map: two lines of lxc.idmap overlap, or there "
                    + "are more than 340.",
                advice: "correct the lxc.idmap lines, including those of included files"),
            LXCLogMessage(
                "map-rejected", Pattern("newuidmap failed to write", "write to uid_map f"),
                Pattern("newgidmap failed to write", "write to gid_map f"),
                meaning: "The kernel rejected the ID map, and LXC truncated the reason: two lines "
                    + "of lxc.idmap overlap, or newuidmap or newgidmap has no privilege.",
                advice: "correct overlapping lxc.idmap lines; berth doctor checks both programs"),
            LXCLogMessage(
                "map-owner", Pattern("idmap", "is owned by a different user"),
                meaning: "newuidmap maps IDs only for processes of the user who runs it; lxc-start "
                    + "runs with mixed user IDs or another primary group, as after newgrp or sg.",
                advice: "start the container from a session of the user"),
            LXCLogMessage(
                "usernsexec-failed", Pattern("lxc-usernsexec failed"),
                meaning: "lxc-usernsexec, with which LXC 3 and older change the owner of files, "
                    + "failed; the rest of the line is what it printed.",
                advice: "follow that message; berth doctor checks lxc.idmap, /etc/subuid and "
                    + "newuidmap"),
            LXCLogMessage(
                "map-failed", Pattern("newuidmap failed to write mapping"),
                Pattern("newgidmap failed to write mapping"),
                meaning: "newuidmap or newgidmap did not write the ID map; the text in quotation "
                    + "marks is what it printed.",
                advice: "follow that message; berth doctor checks lxc.idmap, the two programs, "
                    + "and /etc/subuid and /etc/subgid"),
            LXCLogMessage(
                "map-unwritten", Pattern("Failed to write", "id mapping to"),
                errno: .EPERM,
                meaning: "The kernel rejected the ID map, which only newuidmap and newgidmap can "
                    + "write. LXC 6 and later do not say that one of them is missing.",
                advice: "run berth doctor, which checks the two programs and their files",
                follows: causes),
            LXCLogMessage(
                "map-overlap", Pattern("Failed to write", "id mapping to"), errno: .EINVAL,
                meaning: "The kernel rejected the ID map: two lines of lxc.idmap overlap.",
                advice: "correct the lxc.idmap lines, including those of included files"),
        ]
    }

    private static func ofNamespaces(_ host: LXCLogHost) -> [LXCLogMessage] {
        // LXC_CLONE_ERROR, and the functions that run in a new user namespace.
        let patterns = [
            Pattern("Failed to clone a new set of namespaces"),
            Pattern("Failed to unshare new user namespace"),
            Pattern("Failed to clone process in new user namespace"),
            Pattern("Failed to unshare mount and user namespace"),
        ]
        return [
            LXCLogMessage(
                "userns-limit", anyOf: patterns, errno: [.ENOSPC, .EUSERS],
                meaning: "A limit on namespaces is reached: user.max_user_namespaces or another "
                    + "user.max_*_namespaces, or the depth of 32 nested user namespaces.",
                fix: host.raisedNamespaceLimit),
            LXCLogMessage(
                "userns-denied", anyOf: patterns, errno: [.EPERM, .EACCES],
                meaning: "The kernel does not let this user create user namespaces, or the "
                    + "configuration asks for other namespaces without a user namespace.",
                fix: host.enabledUserNamespaces,
                advice: "include user in lxc.namespace.clone if that is set; berth doctor checks "
                    + "the kernel's settings"),
            LXCLogMessage(
                "userns-missing", anyOf: patterns, errno: [.EINVAL],
                meaning: "The kernel does not support one of the namespaces that the container "
                    + "needs.",
                advice: "boot a kernel that was built with CONFIG_USER_NS=y and the other "
                    + "namespaces; lxc-checkconfig lists them"),
            LXCLogMessage(
                "process-limit", Pattern("Failed to clone"), Pattern("Failed to fork"),
                Pattern("Failed to create new process"), Pattern("Failed to create child process"),
                errno: .EAGAIN,
                meaning: "The user may not have more processes: RLIMIT_NPROC or pids.max of a "
                    + "cgroup is reached.",
                advice: "end processes, or ask the administrator to raise the limit (ulimit -u "
                    + "shows it)"),
            LXCLogMessage(
                "open-files", Pattern("Failed to"), Pattern("Could not"), errno: .EMFILE,
                meaning: "lxc-start may not have more open files: RLIMIT_NOFILE is reached.",
                advice: "raise it for this session with ulimit -n, or in "
                    + "/etc/security/limits.conf"),
        ]
    }

    private static func notAllowed(
        _ file: String, program: String, kind: String, ids: String
    ) -> LXCLogMessage {
        LXCLogMessage(
            file, Pattern(program, "\(kind) range", "not allowed"),
            meaning: "lxc.idmap uses \(ids) that /etc/\(file) does not give this user.",
            advice: "add a line USER:START:COUNT to /etc/\(file), or use a range of that file in "
                + "lxc.idmap; berth doctor names the line")
    }

    private static func unprivileged(_ program: String) -> LXCLogMessage {
        LXCLogMessage(
            "\(program)-mode", Pattern("\(program) is lacking necessary privileges"),
            from: .warning,
            meaning: "\(program) has neither its setuid bit nor file capabilities.",
            advice: "run berth doctor, which checks the program and prints the command")
    }

    private static func missing(
        _ program: String, message: String, _ host: LXCLogHost
    ) -> LXCLogMessage {
        LXCLogMessage(
            "\(program)-missing", Pattern(message), from: .warning,
            meaning: "\(program), which writes a user's ID map, is not installed or not "
                + "executable.",
            fix: [host.installation.install(.idMapPrograms)])
    }
}

extension LXCLogHost {
    fileprivate var raisedNamespaceLimit: [Fix] {
        let key = "user.max_user_namespaces"
        // A number that is not 0 may be the administrator's decision.
        return kernel.maxUserNamespaces == 0
            ? [
                .command("sysctl -w \(key)=28633", by: .root),
                .line("\(key) = 28633", to: installation.sysctlFile, by: .root),
            ]
            : [
                .advice(
                    "stop containers, or ask the administrator to raise \(key)"
                        + (kernel.maxUserNamespaces.map { ", which is \($0)" } ?? "")
                        + ", or the other limits in /proc/sys/user")
            ]
    }

    fileprivate var enabledUserNamespaces: [Fix] {
        let key = "kernel.unprivileged_userns_clone"
        return kernel.unprivilegedClone == 0
            ? [
                .command("sysctl -w \(key)=1", by: .root),
                .line("\(key) = 1", to: installation.sysctlFile, by: .root),
            ] : []
    }
}
