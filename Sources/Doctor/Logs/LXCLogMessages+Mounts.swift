/// Messages about the root file system and other mounts.
extension LXCLogMessage {
    static func ofMounts(_ host: LXCLogHost) -> [LXCLogMessage] {
        ofRootFileSystem(host) + ofKernelFileSystems(host) + ofEntries + [
            LXCLogMessage(
                "disk-full", Pattern("Failed to create \"/dev\" directory"),
                Pattern("Failed to create directory"), Pattern("Failed to create file"),
                Pattern("Failed to create path"), Pattern("Failed to write configuration file"),
                Pattern("Failed to create", "mountpoint under"),
                errno: .ENOSPC, .EDQUOT,
                meaning: "The file system with the container's files is full, or the user's disk "
                    + "quota is used up.",
                advice: "free space on it; df -h and df -i show what is left"),
            LXCLogMessage(
                "read-only", Pattern("Failed to create \"/dev\" directory"),
                Pattern("Failed to create directory"), Pattern("Failed to create file"),
                Pattern("Failed to write configuration file"),
                Pattern("Failed to create", "mountpoint under"), errno: .EROFS,
                meaning: "The file system with the container's files is mounted read-only.",
                advice: "mount it writable, or create the mount points in the root file system "
                    + "beforehand"),
            LXCLogMessage(
                "directory-denied", Pattern("Failed to create directory", in: "mkdir_p"),
                Pattern("Failed to create directory", in: "lxc_mkdir_p"),
                Pattern("Failed to create directory", in: "ovl_mount"),
                errno: .EACCES, .EPERM,
                meaning: "lxc-start, or the container's root, may not create the directory that "
                    + "the message names.",
                advice: "create it, owned by the user or by the container's root, or correct the "
                    + "path in the configuration"),
            .generic(
                "rootfs-mount",
                anyOf: [
                    Pattern("Failed to mount rootfs"), Pattern("Failed to setup rootfs"),
                    Pattern("Failed to prepare rootfs"), Pattern("Failed to prepare loop device"),
                    Pattern("Failed to handle rootfs pinning"), Pattern("Error setting up rootfs"),
                ], meaning: "The root file system could not be mounted."),
            .generic(
                "mounts",
                anyOf: [
                    Pattern("Failed to setup mount entries"), Pattern("Failed to setup mounts"),
                    Pattern("Failed to setup first automatic mounts"),
                    Pattern("Failed to setup remaining automatic mounts"),
                    Pattern("Failed to mount \"/dev\""), Pattern("Failed to set up mount entries"),
                    Pattern("Failed to prepare new devpts instance"),
                    Pattern("Failed to finish devpts setup"),
                    Pattern("Failed to setup idmapped mount entries"),
                    Pattern("Failed to attached detached idmapped mounts"),
                ], meaning: "A file system could not be mounted in the container."),
        ]
    }

    private static func ofRootFileSystem(_ host: LXCLogHost) -> [LXCLogMessage] {
        let open = [
            Pattern("Failed to open rootfs"), Pattern("Failed to open", in: "dir_mount"),
            Pattern("Failed to open", in: "lxc_rootfs_init"),
        ]
        let overlay = [Pattern("Failed to mount", in: "ovl_mount")]
        let control = [Pattern("Failed to open loop control")]
        return [
            LXCLogMessage(
                "rootfs-open", anyOf: open, errno: [.ENOENT, .ENOTDIR],
                meaning: "lxc.rootfs.path does not exist, or is not a directory.",
                advice: "correct lxc.rootfs.path, or recreate the container"),
            LXCLogMessage(
                "rootfs-denied", anyOf: open, errno: [.EACCES],
                meaning: "The container's root has no permission on a directory of the path to "
                    + "lxc.rootfs.path.",
                advice: "run berth doctor --container NAME, which names the directory"),
            LXCLogMessage(
                "rootfs-unset", Pattern("Storage type neither set nor automatically detected"),
                Pattern("Failed to mount rootfs", in: "lxc_storage_prepare"),
                meaning: "LXC does not know how to mount lxc.rootfs.path: it does not exist, or "
                    + "has an unknown prefix.",
                advice: "correct lxc.rootfs.path, which for a directory is dir:/PATH"),
            LXCLogMessage(
                "rootfs-target", Pattern("Failed to access to", "Check it is present"),
                errno: .ENOENT, .EACCES, .ENOTDIR,
                meaning: "The directory on which LXC mounts every root file system "
                    + "(lxc.rootfs.mount) is missing or cannot be searched.",
                fix: [host.installation.install(.helper, again: true)],
                advice: "if the configuration sets lxc.rootfs.mount, create that directory"),
            LXCLogMessage(
                "loop", anyOf: control, errno: [.EACCES, .EPERM],
                meaning: "A root file system in an image needs a loop device, which only root may "
                    + "set up.",
                advice: "unpack the image into a directory, and name that in lxc.rootfs.path"),
            LXCLogMessage(
                "loop-module", anyOf: control, errno: [.ENOENT, .ENODEV],
                meaning: "The kernel's loop devices are missing: the module loop is not loaded.",
                fix: LXCLogHost.load("loop", "CONFIG_BLK_DEV_LOOP")),
            LXCLogMessage(
                "overlay", anyOf: overlay, errno: [.ENOENT, .ENOTDIR],
                meaning: "The overlay could not be mounted: one of its directories does not exist.",
                advice: "create the directories of lxc.rootfs.path, owned by the container's root"),
            LXCLogMessage(
                "overlay-module", anyOf: overlay, errno: [.ENODEV],
                meaning: "The kernel does not support overlay: its module is not loaded.",
                fix: LXCLogHost.load("overlay", "CONFIG_OVERLAY_FS")),
            LXCLogMessage(
                "overlay-denied", anyOf: overlay, errno: [.EPERM],
                meaning: "On this kernel, only root can mount an overlay. Linux 5.11 and later let "
                    + "other users do so.",
                advice: "copy the root file system into a directory, or use a newer kernel"),
            LXCLogMessage(
                "overlay-layers", anyOf: overlay, errno: [.EINVAL, .ELOOP],
                meaning: "The kernel rejects the layers of the overlay: one is on a file system "
                    + "that cannot be a layer (an upper layer on NFS or on another overlay), or "
                    + "the layers overlap.",
                advice: "keep the layers in separate directories of a local file system"),
        ]
    }

    private static func ofKernelFileSystems(_ host: LXCLogHost) -> [LXCLogMessage] {
        let automatic = [
            Pattern("Failed to mount \"proc\""), Pattern("Failed to mount \"sysfs\""),
            Pattern("Failed to mount \"mqueue\""), Pattern("Failed to mount temporary procfs"),
            Pattern("Failed to create transient procfs mount"),
        ]
        let context = Pattern("Failed to finalize filesystem context")
        return [
            LXCLogMessage(
                "mount-covered", anyOf: automatic + [context],
                errno: [.EPERM, .EACCES],
                meaning: "The kernel does not let a user namespace mount a new instance of this "
                    + "file system (proc, sysfs, cgroup2 or the like): the host's own is partly "
                    + "covered by other mounts, as in a container without nesting; or, for sysfs, "
                    + "the network namespace belongs to the host (lxc.net.0.type = none); or a "
                    + "security module denies it.",
                advice: "if this host is a container, let it nest containers; otherwise give the "
                    + "container a network namespace, and read the kernel's log for a denial"),
            LXCLogMessage(
                "file-system-unknown", context, Pattern("Failed to prepare filesystem context"),
                errno: .ENODEV,
                meaning: "The kernel does not support a file system that the container needs.",
                advice: "load its module, or boot a kernel with it; lxc-checkconfig lists what is "
                    + "missing"),
            LXCLogMessage(
                "file-system-options", context, errno: .EINVAL,
                meaning: "The kernel rejects the options with which LXC mounts a file system in "
                    + "the container.",
                advice: "read the lines around it for the file system; lxc.pty.max sets the "
                    + "largest number of terminals of devpts"),
            LXCLogMessage(
                "mount-limit", anyOf: automatic + [context], errno: [.ENOSPC],
                meaning: "A limit of the kernel on mounts or terminals is reached: fs.mount-max or "
                    + "kernel.pty.max.",
                advice: "stop containers, or ask the administrator to raise the limit"),
        ]
    }

    private static var ofEntries: [LXCLogMessage] {
        let mount = [Pattern("Failed to mount")]
        return [
            LXCLogMessage(
                "mount-block", anyOf: mount, errno: [.EPERM],
                meaning: "A user cannot mount block devices, or change locked mount options.",
                advice: "mount it on the host, and bind-mount it with lxc.mount.entry"),
            LXCLogMessage(
                "mount-missing", anyOf: mount, errno: [.ENOENT],
                meaning: "The source or the target of an lxc.mount.entry does not exist.",
                advice: "create it, or add the option create=dir, create=file or optional",
                follows: ["overlay", "rootfs-open"]),
            LXCLogMessage(
                "mount-kind", anyOf: mount, errno: [.ENOTDIR],
                meaning: "An lxc.mount.entry mounts a file on a directory, or a directory on a "
                    + "file.",
                advice: "make both of the same kind; create=file or create=dir creates the target"),
            LXCLogMessage(
                "mount-type", anyOf: mount, errno: [.ENODEV],
                meaning: "The kernel does not know the file system type of an lxc.mount.entry.",
                advice: "correct its third field, or as root, load the file system's module"),
            LXCLogMessage(
                "mount-not-block", anyOf: mount, errno: [.ENOTBLK],
                meaning: "The source of an lxc.mount.entry is not a block device, which its file "
                    + "system type needs.",
                advice: "for a directory or a file, write none as the type, and bind among the "
                    + "options"),
            LXCLogMessage(
                "mount-denied", anyOf: mount, errno: [.EACCES],
                meaning: "The container's root may not search the path of the source or the target "
                    + "of an lxc.mount.entry, or a security module denies the mount.",
                advice: "grant search permission on the directories of the path, and read the "
                    + "kernel's log for a denial"),
            LXCLogMessage(
                "mount-options", anyOf: mount, errno: [.EINVAL],
                meaning: "The kernel rejects an lxc.mount.entry: an option is unknown to the file "
                    + "system, the source is not what the type needs, or a bind mount of a tree "
                    + "with further mounts has bind in place of rbind.",
                advice: "correct the entry"),
            LXCLogMessage(
                "mount-fields", Pattern("Failed to parse mount entries"),
                Pattern("Failed to parse mount options"),
                Pattern("Failed to parse mount attributes"),
                Pattern("Unknown LXC specific mount option"),
                meaning: "An lxc.mount.entry is invalid; it needs the fields of fstab(5).",
                advice: "correct the entry, whose target is relative to the root file system"),
            LXCLogMessage(
                "mount-idmapped", Pattern("Kernel does not support idmapped mounts"),
                Pattern("Idmapped mounts on block-backed storage"),
                Pattern("Kernel does not support the new mount api"),
                Pattern("kernel doesn't support new mount API"),
                meaning: "The option idmap= of a mount needs Linux 5.12 or later, and a file "
                    + "system that supports it.",
                advice: "remove the option, or use a newer kernel"),
            LXCLogMessage(
                "mount-idmap-denied", Pattern("Failed to create detached idmapped mount"),
                Pattern("Failed to idmap detached mount"),
                errno: .EPERM, .EACCES,
                meaning: "Only root may create idmapped mounts of most file systems.",
                advice: "remove the option idmap=, and change the owners of the files"),
            LXCLogMessage(
                "mount-idmap-tree", Pattern("Failed to create detached mount of"), errno: .EINVAL,
                meaning: "The source of an idmapped mount contains further mounts, which a user "
                    + "cannot leave out.",
                advice: "write rbind in place of bind, or name a directory without mounts"),
            LXCLogMessage(
                "fstab", Pattern("Failed to open", in: "setup_mount_fstab"),
                Pattern("Failed to open", in: "setup_mount"),
                errno: .ENOENT, .EACCES,
                meaning: "The file that lxc.mount.fstab names does not exist or cannot be read.",
                advice: "correct the path, or remove the line"),
            LXCLogMessage(
                "automount", Pattern("Invalid filesystem to automount"),
                meaning: "lxc.mount.auto contains an unknown word.",
                advice: "write words of lxc.container.conf(5), such as proc:mixed and sys:ro"),
        ]
    }
}
