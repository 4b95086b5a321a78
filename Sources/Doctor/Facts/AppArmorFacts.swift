internal import Linux

/// How AppArmor confines a container with this configuration.
struct AppArmorFacts: Equatable, Sendable {
    var isEnabled = false
    /// The profile that lxc-start applies.
    var profile = UntrustedText(AppArmorFacts.defaultProfile)
    /// Whether the kernel has loaded it; `nil` where the requester may not read the list.
    var isLoaded: Bool?
    /// The file in `/etc/apparmor.d` that defines it.
    var file: String?
    /// Whether the container's init is systemd; `nil` if unknown.
    var runsSystemd: Bool?

    /// LXC's own default, on a kernel with cgroup namespaces.
    static let defaultProfile = "lxc-container-default-cgns"
    private static let lxcFile = "/etc/apparmor.d/lxc-containers"

    /// - Parameter initTarget: where the container's `/sbin/init` leads, if that is known.
    /// - Parameter loaded: the names of all loaded profiles; `nil` if they cannot be read.
    static func observe(
        _ config: ContainerConfig, initTarget: [UInt8]?, isEnabled: Bool, loaded: [String]?
    ) -> AppArmorFacts {
        var facts = AppArmorFacts(isEnabled: isEnabled)
        facts.profile = config.appArmorProfile ?? UntrustedText(defaultProfile)
        guard isEnabled else { return facts }
        facts.isLoaded = loaded?.contains { facts.profile == $0 }
        if facts.isLoaded == false { facts.file = file(of: facts.profile) }
        facts.runsSystemd = initTarget.map { $0.suffix(8).elementsEqual("/systemd".utf8) }
        return facts
    }

    static func loadedProfiles() -> [String]? {
        lines(of: "/sys/kernel/security/apparmor/profiles")?.map { line in
            // NAME (MODE)
            String(line.lastIndex(of: " ").map { line[..<$0] } ?? line[...])
        }
    }

    private static func file(of profile: UntrustedText) -> String? {
        let directory = "/etc/apparmor.d"
        for name in (try? SmallFile.names(in: directory)) ?? [] {
            let path = "\(directory)/\(name)"
            let definesProfile = lines(of: path)?.contains { line in
                let words = line.split(separator: " ")
                return words.count > 1 && words[0] == "profile" && profile == String(words[1])
            }
            if definesProfile == true { return path }
        }
        // LXC's own profiles are in a subdirectory, which one file includes.
        return profile.hasPrefix("lxc-container-default") && SmallFile.exists(lxcFile)
            ? lxcFile : nil
    }

    private static func lines(of path: String) -> [String]? {
        guard let bytes = (try? SmallFile.contents(of: path)) ?? nil else { return nil }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
