// Numbers of users and groups, and the way to the container's files.
extension LogMessage {
    static var ofIDs: [LogMessage] {
        [
            LogMessage(
                "subuid", ["newuidmap", "uid range", "not allowed"],
                "lxc.idmap asks for user numbers that /etc/subuid does not give this user.",
                fix:
                    "add a line USER:START:COUNT to /etc/subuid, or write the range that is there "
                    + "at lxc.idmap; berth doctor names the line."),
            LogMessage(
                "subgid", ["newgidmap", "gid range", "not allowed"],
                "lxc.idmap asks for group numbers that /etc/subgid does not give this user.",
                fix:
                    "add a line USER:START:COUNT to /etc/subgid, or write the range that is there "
                    + "at lxc.idmap; berth doctor names the line."),
            LogMessage(
                "newuidmap-mode", ["newuidmap is lacking necessary privileges"],
                "newuidmap has lost its setuid bit or its capabilities.",
                fix: "chmod 4755 /usr/bin/newuidmap, as root."),
            LogMessage(
                "newgidmap-mode", ["newgidmap is lacking necessary privileges"],
                "newgidmap has lost its setuid bit or its capabilities.",
                fix: "chmod 4755 /usr/bin/newgidmap, as root."),
            LogMessage(
                "newuidmap-missing", ["uidmap binary is missing"],
                "The program that writes a user's map is not installed, or not executable.",
                fix: "install the package uidmap (Debian) or shadow."),
            LogMessage(
                "newgidmap-missing", ["gidmap binary is missing"],
                "The program that writes a user's map is not installed, or not executable.",
                fix: "install the package uidmap (Debian) or shadow."),
            LogMessage(
                "map-unwritten", ["Failed to write", "id mapping to"],
                "The kernel refused the map, which an unprivileged user may not write himself.",
                fix:
                    "see to newuidmap and newgidmap, /etc/subuid and /etc/subgid with berth doctor.",
                follows: [
                    "newuidmap-mode", "newgidmap-mode", "newuidmap-missing", "newgidmap-missing",
                    "subuid", "subgid",
                ]),
            LogMessage(
                "no-idmap", ["You must either run as root, or define uid mappings"],
                "The configuration has no lxc.idmap, and this is not root.",
                fix: "write lxc.include = /etc/lxc/default.conf and the two lines lxc.idmap into "
                    + "~/.config/lxc/default.conf; berth doctor prints them."),
            LogMessage(
                "no-root-mapping", ["No uid mapping for container root"],
                "lxc.idmap maps no user 0, so the container would have no root.",
                fix: "write lxc.idmap = u 0 START COUNT, and the same with g.",
                follows: ["no-idmap"]),
            LogMessage(
                "userns-limit", ["No space left on device - Failed to unshare new user namespace"],
                "user.max_user_namespaces, or another limit of namespaces, is used up.",
                fix: "sysctl -w user.max_user_namespaces=28633, as root."),
            LogMessage(
                "userns-denied", ["Operation not permitted - Failed to clone"],
                "The kernel lets this user make no user namespace, or the configuration asks for "
                    + "namespaces without one.",
                fix: "set kernel.unprivileged_userns_clone to 1, and see that lxc.namespace.clone "
                    + "names user; berth doctor looks at both of the kernel's switches."),
            LogMessage(
                "home", ["Could not access", "grant it x access"],
                "The container's root is nobody whom the host knows, and may not search this "
                    + "directory on the way to his files.",
                fix:
                    "chmod o+x the directory, or setfacl -m u:NUMBER:x it; berth doctor prints the "
                    + "command."),
            LogMessage(
                "pin", ["Failed to pin rootfs"],
                "The root file system is not this user's: without lxc.idmap the container would be "
                    + "root's own.",
                fix: "write lxc.idmap into the container's config; berth doctor prints the lines."),
            LogMessage(
                "rootfs-owner", ["Permission denied - Failed to create \"/dev\" directory"],
                "The container's root may not write into his own root file system.",
                fix:
                    "give the root file system to the number that lxc.idmap maps root to: chown it, "
                    + "as root, or make the container anew."),
            LogMessage(
                "chown-rootfs", ["Error chowning", "to container root"],
                "lxc-create could not give the files to the container's root.",
                fix: "see to lxc.idmap, /etc/subuid and newuidmap with berth doctor.",
                follows: ["no-idmap", "subuid", "subgid"]),
        ]
    }
}
