/// Messages about seccomp, AppArmor, SELinux and capabilities.
extension LXCLogMessage {
    static func ofSecurity(_ host: LXCLogHost) -> [LXCLogMessage] {
        ofSeccomp + ofAppArmor(host) + ofLandlock + [
            LXCLogMessage(
                "selinux", Pattern("Failed to set", "SELinux label to"),
                errno: .EINVAL, .EACCES, .EPERM,
                meaning: "SELinux does not let lxc-start change to the context in "
                    + "lxc.selinux.context, or does not know it.",
                advice: "correct lxc.selinux.context; ausearch -m avc shows denials"),
            LXCLogMessage(
                "security-missing", Pattern("Built without AppArmor support"),
                Pattern("Built without SELinux support"),
                Pattern("AppArmor not enabled", in: "apparmor_prepare"),
                meaning: "The configuration sets a key of a security module that this LXC was "
                    + "built without, or that is off on this host.",
                advice: "remove the lxc.apparmor or lxc.selinux lines, or enable the module: "
                    + "without it, the container is less confined"),
            .generic(
                "security",
                anyOf: [
                    Pattern("Failed to initialize LSM"), Pattern("Failed to read seccomp policy"),
                    Pattern("Failed to load generated AppArmor profile"),
                    Pattern("Failed to change AppArmor profile"),
                ], meaning: "A security module could not be set up for the container."),
        ]
    }

    private static var ofSeccomp: [LXCLogMessage] {
        let open = [Pattern("Failed to open seccomp policy file")]
        return [
            LXCLogMessage(
                "seccomp", anyOf: open, errno: [.ENOENT, .ENOTDIR],
                meaning: "The file that lxc.seccomp.profile names does not exist.",
                advice: "correct the path; LXC's own file is /usr/share/lxc/config/common.seccomp"),
            LXCLogMessage(
                "seccomp-denied", anyOf: open, errno: [.EACCES],
                meaning: "This user cannot read the file that lxc.seccomp.profile names.",
                advice: "grant read permission on it, or use "
                    + "/usr/share/lxc/config/common.seccomp"),
            LXCLogMessage(
                "seccomp-policy", Pattern("Bad seccomp policy style"),
                Pattern("Unrecognized seccomp action"), Pattern("Failed to interpret seccomp rule"),
                Pattern("Invalid version", in: "parse_config"),
                Pattern("Invalid config file", in: "parse_config"),
                Pattern("Only allowlist policy is supported"), Pattern("Unsupported architecture"),
                Pattern("Failed to parse errno value from"),
                meaning: "The file that lxc.seccomp.profile names is not a valid policy.",
                advice: "correct it: see \"seccomp configuration\" in lxc.container.conf(5)"),
            LXCLogMessage(
                "seccomp-load", Pattern("Error loading the seccomp policy"),
                meaning: "The kernel rejected the seccomp policy.",
                advice: "use /usr/share/lxc/config/common.seccomp, or a kernel that was built with "
                    + "CONFIG_SECCOMP_FILTER"),
        ]
    }

    /// Only of an LXC 7 that was built with landlock-monitor, which Debian's is not.
    private static var ofLandlock: [LXCLogMessage] {
        [
            LXCLogMessage(
                "landlock-skipped", Pattern("Skipping Landlock due to seccomp notify"),
                meaning: "With lxc.seccomp.notify.proxy, LXC 7 does not confine its monitor "
                    + "process; the container is not affected.",
                isFatal: false),
            LXCLogMessage(
                "landlock", Pattern("Landlock not supported on system"),
                Pattern("Failed to create landlock ruleset"),
                Pattern("Failed to enforce Landlock ruleset"), Pattern("Failed to update ruleset"),
                Pattern("Failed to restrict monitor privileges"),
                meaning: "This LXC confines its monitor process with Landlock, which this kernel "
                    + "does not have enabled, so the monitor ends.",
                advice: "boot a kernel with CONFIG_SECURITY_LANDLOCK=y and landlock in its "
                    + "parameter lsm=, or use an LXC that was built with -Dlandlock-monitor=false"),
            .generic(
                "landlock-monitor", "Failed to protect the monitor process",
                meaning: "LXC could not confine its monitor process."),
        ]
    }

    private static func ofAppArmor(_ host: LXCLogHost) -> [LXCLogMessage] {
        let write = [Pattern("Failed to write AppArmor profile")]
        return [
            LXCLogMessage(
                "apparmor", Pattern("Failed to load apparmor profile"),
                Pattern("Failed to run apparmor_parser on"),
                meaning: "AppArmor rejects the generated profile: apparmor_parser is missing, or "
                    + "cannot load profiles in this namespace.",
                fix: [host.installation.install(.appArmorParser)],
                advice: "if that is not possible, write lxc.apparmor.profile = unconfined, which "
                    + "disables AppArmor for the container"),
            LXCLogMessage(
                "apparmor-generated", Pattern("Cannot use generated profile"),
                meaning: host.isRoot
                    ? "lxc-start finds no apparmor_parser, which loads the profile that it "
                        + "generates."
                    : "Only root may load the profile that lxc-start generates.",
                fix: host.isRoot ? [host.installation.install(.appArmorParser)] : [],
                advice: host.isRoot ? nil : withoutGeneratedProfile),
            LXCLogMessage(
                "apparmor-namespace", Pattern("Error creating AppArmor namespace"),
                errno: .EACCES, .EPERM,
                meaning: "Only root may create the AppArmor namespace of a generated profile.",
                advice: withoutGeneratedProfile),
            LXCLogMessage(
                "apparmor-change", anyOf: write, errno: [.ENOENT],
                meaning: "The profile that lxc.apparmor.profile names is not loaded.",
                advice: "as root, load it with apparmor_parser -r; or write lxc.apparmor.profile = "
                    + "lxc-container-default-cgns"),
            LXCLogMessage(
                "apparmor-denied", anyOf: write, errno: [.EACCES, .EPERM],
                meaning: "The profile that confines lxc-start does not allow the change to the "
                    + "profile in lxc.apparmor.profile, or the kernel restricts unprivileged user "
                    + "namespaces.",
                advice: "load the profile of lxc-start from LXC's package; berth doctor checks "
                    + "kernel.apparmor_restrict_unprivileged_userns"),
            LXCLogMessage(
                "apparmor-incomplete", Pattern("lxc.apparmor.allow_incomplete"),
                Pattern("Incomplete AppArmor support in your kernel"),
                Pattern("If you really want to start this container"),
                meaning: "This kernel lacks parts of AppArmor that LXC's profiles need.",
                advice:
                    "use a newer kernel; lxc.apparmor.allow_incomplete = 1 starts the container "
                    + "with less protection"),
        ]
    }

    private static var withoutGeneratedProfile: String {
        "write lxc.apparmor.profile = unconfined, which disables AppArmor for the container, or "
            + "lxc-container-default-cgns, under which systemd services in the container fail"
    }
}
