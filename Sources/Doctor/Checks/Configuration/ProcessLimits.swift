internal import Linux

/// Limits of `lxc.prlimit.*` that a user cannot set, or with which no program can run.
enum ProcessLimits {
    static func findings(_ facts: Facts) -> [Finding] {
        facts.config.all("lxc.prlimit").compactMap { setting in
            let name = String(
                decoding: setting.key.bytes.dropFirst("lxc.prlimit.".utf8.count), as: UTF8.self)
            let values = setting.value.bytes.split(separator: 0x3a).map { part -> UInt64 in
                let word = part.filter { !isBlank($0) }
                return word.elementsEqual("unlimited".utf8)
                    ? .max : decimal(word[...], upTo: .max) ?? .max
            }
            guard let soft = values.first, let hard = values.last else { return nil }
            return tooSmall(setting, name, soft, facts) ?? tooLarge(setting, name, hard, facts)
        }
    }

    private static func tooSmall(
        _ setting: ConfigSetting, _ name: String, _ soft: UInt64, _ facts: Facts
    ) -> Finding? {
        guard let resource = ResourceLimit.named(name), soft < resource.least else { return nil }
        return .problem(
            setting.place.text,
            "\(setting.key.quoted) = \(soft) is too small for the container's programs: it allows "
                + "only \(soft) \(resource.meaning)",
            .advice("write a larger value, or remove the limit:"),
            facts.disable(setting.place))
    }

    /// A user may lower hard limits, but not raise them (setrlimit(2)).
    private static func tooLarge(
        _ setting: ConfigSetting, _ name: String, _ hard: UInt64, _ facts: Facts
    ) -> Finding? {
        if name == "nofile", let most = facts.kernel.maxOpenFiles, hard > UInt64(most) {
            return .problem(
                setting.place.text,
                "\(setting.key.quoted) is above fs.nr_open = \(most), the most that the kernel "
                    + "allows, so the container does not start",
                .advice("write at most \(most), or remove the limit:"),
                facts.disable(setting.place))
        }
        guard !facts.target.isRoot, let kernelName = kernelNames[name],
            let own = facts.session?.limits[kernelName]?.hard, hard > own
        else { return nil }
        return .problem(
            setting.place.text,
            "\(setting.key.quoted) is above \(own), the hard limit of this session, which only "
                + "root may raise, so the container does not start",
            .advice(
                "raise the limit \(name) of \(facts.target.name) in limits.conf(5) and log in "
                    + "again; or remove the limit:"), facts.disable(setting.place))
    }

    private static let kernelNames = [
        "as": "Max address space", "core": "Max core file size", "cpu": "Max cpu time",
        "data": "Max data size", "fsize": "Max file size", "locks": "Max file locks",
        "memlock": "Max locked memory", "msgqueue": "Max msgqueue size",
        "nice": "Max nice priority", "nofile": "Max open files", "nproc": "Max processes",
        "rss": "Max resident set", "rtprio": "Max realtime priority",
        "rttime": "Max realtime timeout", "sigpending": "Max pending signals",
        "stack": "Max stack size",
    ]
}
