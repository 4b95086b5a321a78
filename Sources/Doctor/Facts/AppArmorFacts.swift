internal import Linux

/// What AppArmor has to do with a container of this configuration.
struct AppArmorFacts: Equatable, Sendable {
    var isOn = false
    /// The profile that lxc-start takes.
    var profile = AppArmorFacts.standard
    /// Whether the kernel has it; `nil` for whoever may not see which it has.
    var isLoaded: Bool?
    /// The file that brings it, if one in `/etc/apparmor.d` does.
    var file: String?
    /// Whether the container's first program is systemd, where that can be seen.
    var runsSystemd: Bool?

    /// LXC's own where its configuration says nothing, on a kernel with namespaces for cgroups.
    static let standard = "lxc-container-default-cgns"
    static let standardFile = "/etc/apparmor.d/lxc-containers"

    /// - Parameter loaded: the names of all profiles that the kernel has; `nil` if they cannot be seen.
    static func observe(
        _ config: ContainerConfig, of subject: TargetUser, isOn: Bool, loaded: [String]?
    ) -> AppArmorFacts {
        var facts = AppArmorFacts(isOn: isOn)
        facts.profile = config.appArmorProfile ?? standard
        guard isOn else { return facts }
        facts.isLoaded = loaded?.contains(facts.profile)
        if facts.isLoaded == false { facts.file = file(of: facts.profile) }
        if let container = subject.container {
            let root = config.rootDirectory(of: container)
            let first = try? SmallFile.target(of: root + "/sbin/init")
            facts.runsSystemd = first.map { $0.suffix(8).elementsEqual("/systemd".utf8) }
        }
        return facts
    }

    static func loadedProfiles() -> [String]? {
        lines(of: "/sys/kernel/security/apparmor/profiles")?.map { line in
            // NAME (MODE)
            String(line.lastIndex(of: " ").map { line[..<$0] } ?? line[...])
        }
    }

    private static func file(of profile: String) -> String? {
        let directory = "/etc/apparmor.d"
        for name in (try? SmallFile.names(in: directory)) ?? [] {
            let path = "\(directory)/\(name)"
            let brings = lines(of: path)?.contains { line in
                line.split(separator: " ").prefix(2).elementsEqual(["profile", profile], by: ==)
            }
            if brings == true { return path }
        }
        // LXC's are in a directory of their own, and are loaded by one file.
        return profile.hasPrefix("lxc-container-default") && SmallFile.exists(standardFile)
            ? standardFile : nil
    }

    private static func lines(of path: String) -> [String]? {
        guard let bytes = (try? SmallFile.contents(of: path)) ?? nil else { return nil }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
