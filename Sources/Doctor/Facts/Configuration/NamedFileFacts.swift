internal import Linux
internal import UserFiles

/// A file that lxc-start reads or writes as the user.
struct NamedFileFacts: Equatable, Sendable {
    enum Purpose: Equatable, Sendable { case seccomp, fstab, log, console, terminal }

    let setting: ConfigSetting
    let purpose: Purpose
    let path: PathFacts
    /// The first two lines of a seccomp profile; `nil` if it was not read.
    var head: [UntrustedText]?
    /// `nil` unless it is a profile of version 2.
    var profile: SeccompProfile?

    static func observe(
        _ config: ContainerConfig, _ cache: inout PathCache, from files: inout some FileReader
    ) -> [NamedFileFacts] {
        var all: [NamedFileFacts] = []
        for (key, purpose) in [
            ("lxc.seccomp.profile", Purpose.seccomp), ("lxc.mount.fstab", .fstab),
            ("lxc.log.file", .log), ("lxc.console.logfile", .console),
            ("lxc.console.path", .terminal),
        ] {
            guard let setting = config.setting(key), setting.value.hasPrefix("/"),
                !(setting.value == "/dev/null")
            else { continue }
            var facts = NamedFileFacts(
                setting: setting, purpose: purpose,
                path: cache.facts(of: setting.value, from: &files))
            if purpose == .seccomp, facts.path.file?.isRegular == true,
                let bytes = (try? files.contents(of: setting.value)) ?? nil
            {
                let lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false)
                facts.head = lines.prefix(2).map { UntrustedText($0) }
                if lines[0].first == 0x32 { facts.profile = SeccompProfile(bytes) }
            }
            all.append(facts)
        }
        return all
    }
}
