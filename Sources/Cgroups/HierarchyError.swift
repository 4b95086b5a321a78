internal import Linux

extension UnifiedHierarchy.LookupError {
    /// What mounts the host's cgroups when it boots, and has its own way to be told which.
    package enum Mounter: Equatable, Sendable {
        case openRC
        case systemd
        case another
    }

    /// With it in /etc/rc.conf, OpenRC mounts version 2 alone.
    package static var settingOfOpenRC: String { #"rc_cgroup_mode="unified""# }

    /// What is wrong.
    package var situation: String {
        switch self {
        case .nothing: "no cgroups are mounted"
        case .legacy(let point):
            "the cgroups of this host are of version 1 (\(point)), which cannot be delegated safely"
        case .hybrid(let point):
            "the controllers of this host are held by cgroups of version 1 (\(point)), and version 2 has "
                + "none to give"
        case .notTheRoot(let point): "\(point) is not the root of the host's cgroups"
        case .inContainer: "this is a container, whose cgroups the host gives it"
        case .unreadable(let path, let errno): "cannot read \(path): \(errno.description)"
        }
    }

    /// What mends it on such a host; `nil` if nothing that is known here does.
    package func fix(by mounter: Mounter) -> String? {
        switch (self, mounter) {
        case (.nothing, .openRC): "add the service cgroups to the runlevel sysinit"
        case (.nothing, _): "mount -t cgroup2 -o nsdelegate cgroup2 /sys/fs/cgroup at boot"
        case (.legacy, .openRC), (.hybrid, .openRC):
            "set \(Self.settingOfOpenRC) in /etc/rc.conf and boot again"
        case (.legacy, .systemd), (.hybrid, .systemd):
            "add systemd.unified_cgroup_hierarchy=1 to the kernel's command line and boot again"
        case (.legacy, .another), (.hybrid, .another):
            "have nothing but cgroup2 mounted on /sys/fs/cgroup at boot, on Void by "
                + "CGROUP_MODE=unified in /etc/rc.conf, and boot again"
        case (.notTheRoot, _): "run this on the host, not in a container"
        case (.inContainer, _): "run this on the host"
        case (.unreadable, _): nil
        }
    }
}

// For programs that do not run where systemd does.
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
