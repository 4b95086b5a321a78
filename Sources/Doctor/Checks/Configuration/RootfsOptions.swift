internal import Linux

/// Options of `lxc.rootfs.options` with which the container does not start, or does not work.
enum RootfsOptions {
    static func findings(_ facts: Facts) -> [Finding] {
        guard let setting = facts.config.setting("lxc.rootfs.options") else { return [] }
        let options = setting.value.bytes.split(separator: 0x2c).map {
            String(decoding: $0, as: UTF8.self)
        }
        var findings: [Finding] = []
        if !facts.target.isRoot, options.contains(where: { $0.hasPrefix("idmap=") }) {
            findings.append(
                .problem(
                    setting.place.text,
                    "only root can mount with idmap=, which needs privileges over the file system",
                    facts.disable(setting.place)))
        }
        if options.last(where: { ["exec", "noexec"].contains($0) }) == "noexec" {
            findings.append(
                .problem(
                    setting.place.text,
                    "the option noexec prevents all programs of the container from running, its "
                        + "init included", without("noexec", options, setting, facts)))
        }
        if options.last(where: { ["rw", "ro"].contains($0) }) == "ro" {
            findings.append(
                .warning(
                    setting.place.text,
                    "the option ro makes the root file system read-only, so programs that write "
                        + "files, such as a DHCP client, fail",
                    .advice("unless the container is designed for it:"),
                    without("ro", options, setting, facts)))
        }
        return findings
    }

    private static func without(
        _ option: String, _ options: [String], _ setting: ConfigSetting, _ facts: Facts
    ) -> Fix {
        let rest = options.filter { $0 != option }.joined(separator: ",")
        guard !rest.isEmpty, UntrustedText(rest).shellWord != nil, !rest.contains("/") else {
            return facts.disable(setting.place)
        }
        return facts.setValue(rest, at: setting.place)
    }
}
