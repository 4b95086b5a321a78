internal import Linux

extension UnifiedHierarchy.LookupError {
    /// The program that mounts cgroups at boot.
    package enum Mounter: Equatable, Sendable {
        case openRC
        case systemd
        case another
    }

    /// The line of /etc/rc.conf that makes OpenRC mount cgroup2 only.
    package static var settingOfOpenRC: String { #"rc_cgroup_mode="unified""# }

    package var situation: String {
        switch self {
        case .nothing: "no cgroup file system is mounted"
        case .legacy(let point):
            "this host uses cgroup version 1 (\(point)), which cannot be delegated safely"
        case .hybrid(let point):
            "this host has its controllers in cgroup version 1 (\(point)), so they are not "
                + "available in version 2"
        case .notTheRoot(let point): "\(point) is not the root of the host's cgroup hierarchy"
        case .inContainer: "this is a container, and its host manages its cgroups"
        case .unreadable(let path, let errno): "cannot read \(path): \(errno.description)"
        }
    }

    /// How to fix it on a host with that program; `nil` if unknown.
    package func fix(by mounter: Mounter) -> String? {
        switch (self, mounter) {
        case (.nothing, .openRC): "add the cgroups service to the sysinit runlevel"
        case (.nothing, _): "at boot, run \"mount -t cgroup2 -o nsdelegate cgroup2 /sys/fs/cgroup\""
        case (.legacy, .openRC), (.hybrid, .openRC):
            "set \(Self.settingOfOpenRC) in /etc/rc.conf and reboot"
        case (.legacy, .systemd), (.hybrid, .systemd):
            "add systemd.unified_cgroup_hierarchy=1 to the kernel command line and reboot"
        case (.legacy, .another), (.hybrid, .another):
            "mount only cgroup2 on /sys/fs/cgroup at boot (on Void, set "
                + "CGROUP_MODE=unified in /etc/rc.conf) and reboot"
        case (.notTheRoot, _): "run this on the host, not in a container"
        case (.inContainer, _): "run this on the host"
        case (.unreadable, _): nil
        }
    }
}

// The fixes in this text are for hosts without systemd.
extension UnifiedHierarchy.LookupError: CustomStringConvertible {
    package var description: String {
        guard let fix = fix(by: .another) else { return situation }
        switch self {
        case .nothing, .legacy, .hybrid:
            return "\(situation): on OpenRC, \(self.fix(by: .openRC) ?? fix); elsewhere, \(fix)"
        case .notTheRoot, .inContainer, .unreadable: return "\(situation): \(fix)"
        }
    }
}
