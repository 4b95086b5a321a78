/// Messages about user namespaces, ID maps, and the path to the container's files.
extension LXCLogMessage {
    static var ofIDs: [LXCLogMessage] {
        [
            notAllowed("subuid", program: "newuidmap", kind: "uid", ids: "user IDs"),
            notAllowed("subgid", program: "newgidmap", kind: "gid", ids: "group IDs"),
            unprivileged("newuidmap"),
            unprivileged("newgidmap"),
            missing("newuidmap", message: "uidmap binary is missing"),
            missing("newgidmap", message: "gidmap binary is missing"),
            LXCLogMessage(
                "map-unwritten", ["Failed to write", "id mapping to"],
                "The kernel rejected the ID map, which only newuidmap and newgidmap can write.",
                fix: "run berth doctor, which checks the two programs and their files.",
                follows: [
                    "newuidmap-mode", "newgidmap-mode", "newuidmap-missing", "newgidmap-missing",
                    "subuid", "subgid",
                ]),
            LXCLogMessage(
                "no-idmap", ["You must either run as root, or define uid mappings"],
                "The configuration has no lxc.idmap, and the user is not root.",
                fix: "write lxc.include = /etc/lxc/default.conf and the two lxc.idmap lines to "
                    + "~/.config/lxc/default.conf; berth doctor prints them."),
            LXCLogMessage(
                "no-root-mapping", ["No uid mapping for container root"],
                "lxc.idmap does not map user 0, so the container would have no root.",
                fix: "write lxc.idmap = u 0 START COUNT, and lxc.idmap = g 0 START COUNT.",
                follows: ["no-idmap"]),
            LXCLogMessage(
                "userns-limit", ["No space left on device - Failed to unshare new user namespace"],
                "user.max_user_namespaces, or another limit on namespaces, is reached.",
                fix: "run sysctl -w user.max_user_namespaces=28633, as root."),
            LXCLogMessage(
                "userns-denied", ["Operation not permitted - Failed to clone"],
                "The kernel does not let this user create user namespaces, or the configuration "
                    + "asks for other namespaces without a user namespace.",
                fix: "set kernel.unprivileged_userns_clone to 1, and include user in "
                    + "lxc.namespace.clone; berth doctor checks the kernel's settings."),
            LXCLogMessage(
                "home", ["Could not access", "grant it x access"],
                "The container's root, whose user ID has no account on the host, has no search "
                    + "permission on a directory of the path to its files.",
                fix: "run chmod o+x or setfacl on it; berth doctor prints the command."
            ),
            LXCLogMessage(
                "pin", ["Failed to pin rootfs"],
                "Without lxc.idmap, only root can start a container with this root file system.",
                fix: "add lxc.idmap to the container's config; berth doctor prints the lines."),
            LXCLogMessage(
                "rootfs-owner", ["Permission denied - Failed to create \"/dev\" directory"],
                "The container's root cannot write to the root file system.",
                fix: "as root, change the owner of the root file system to the user ID that "
                    + "lxc.idmap maps root to, or recreate the container."),
            LXCLogMessage(
                "chown-rootfs", ["Error chowning", "to container root"],
                "lxc-create could not change the owner of the files to the container's root.",
                fix: "run berth doctor, which checks lxc.idmap, /etc/subuid and newuidmap.",
                follows: ["no-idmap", "subuid", "subgid"]),
        ]
    }

    private static func notAllowed(
        _ file: String, program: String, kind: String, ids: String
    ) -> LXCLogMessage {
        LXCLogMessage(
            file, [program, "\(kind) range", "not allowed"],
            "lxc.idmap uses \(ids) that /etc/\(file) does not give this user.",
            fix: "add a line USER:START:COUNT to /etc/\(file), or use a range of that file in "
                + "lxc.idmap; berth doctor names the line.")
    }

    private static func unprivileged(_ program: String) -> LXCLogMessage {
        LXCLogMessage(
            "\(program)-mode", ["\(program) is lacking necessary privileges"],
            "\(program) has neither its setuid bit nor file capabilities.",
            fix: "run chmod 4755 /usr/bin/\(program), as root.")
    }

    private static func missing(_ program: String, message: String) -> LXCLogMessage {
        LXCLogMessage(
            "\(program)-missing", [message],
            "\(program), which writes a user's ID map, is not installed or not executable.",
            fix: "install the package uidmap (Debian) or shadow.")
    }
}
