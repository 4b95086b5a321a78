internal import Linux

/// Whether LXC accepts every line of the configuration. It rejects the whole file otherwise.
enum ConfigLines: Check {
    static let name = "config"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        let config = facts.config
        guard config.isReadable, config.exists else { return [] }
        let findings =
            config.faultyLines.map { finding($0, facts) } + unsupported(facts)
            + withoutValue(facts) + trailingComments(facts)
        guard findings.isEmpty else { return findings.bounded(facts) }
        let version = facts.installation.lxcVersion.map { "LXC \($0.text)" } ?? "LXC"
        return [.ok(config.path.quoted, "\(version) accepts every line")]
    }

    private static func finding(
        _ line: ContainerConfig.FaultyLine, _ facts: Facts
    ) -> Finding {
        let place = line.place.text
        switch line.reason {
        case .ignored: return ignored(line, facts)
        case .withoutValue:
            let isKnown =
                line.key.bytes.split(separator: 0x20).first.map {
                    ConfigKeys.find(String(decoding: $0, as: UTF8.self)) != nil
                } ?? false
            return .problem(
                place, "the line has no equals sign, so LXC rejects the file",
                isKnown
                    ? facts.edit(
                        line.place, #"s/^([[:blank:]]*[^[:blank:]]+)[[:blank:]]+/\1 = /"#,
                        else: "write = between the key and its value")
                    : facts.disable(line.place))
        case .unknownKey: return unknownKey(line, facts)
        case .conflict(let reason):
            return .problem(
                place, "LXC rejects \(line.key.quoted) here, because \(reason)",
                facts.disable(line.place))
        case .value(let fault): return value(line, fault, facts)
        }
    }

    private static func ignored(
        _ line: ContainerConfig.FaultyLine, _ facts: Facts
    ) -> Finding {
        let text = String(decoding: line.key.bytes.prefix { $0 != 0x3d }, as: UTF8.self)
            .filter { $0 != " " && $0 != "\t" }
        if let invisible = line.key.bytes.invisiblePrefix {
            return .problem(
                line.place.text,
                "LXC ignores this line, because it begins with \(invisible), which is not "
                    + "visible in an editor",
                facts.edit(line.place, "s/^[^l#]*//", else: "retype it"))
        }
        let nearest = correction(of: text.lowercased())
        let what =
            "LXC ignores this line, which does not begin with \"lxc.\""
            + (text.lowercased().hasPrefix("lxc.") ? " in lower case" : "")
        guard line.key.bytes.contains(0x3d), let nearest else {
            return .warning(
                line.place.text, what,
                facts.edit(
                    line.place, "s/^/# /", else: "put a # before the line if it is a comment"))
        }
        return .problem(
            line.place.text, "\(what): did you mean \(nearest)?",
            facts.edit(line.place, "s/^[^=]*=/\(nearest) =/", else: "write \(nearest)"))
    }

    /// The key that a text without `lxc.` may mean.
    private static func correction(of text: String) -> String? {
        let key = "lxc" + text.drop { $0 != "." }
        if ConfigKeys.isKnown(key) { return key }
        return ConfigKeys.isKnown("lxc." + text) ? "lxc." + text : ConfigKeys.nearest(to: text)
    }

    private static func unknownKey(
        _ line: ContainerConfig.FaultyLine, _ facts: Facts
    ) -> Finding {
        let key = String(decoding: line.key.bytes, as: UTF8.self)
        let place = line.place.text
        if key.hasPrefix("lxc.network.") || ConfigKeys.legacy[key] != nil {
            let new = ConfigKeys.legacy[key] ?? "lxc.net.N" + key.dropFirst("lxc.network".count)
            let message =
                "\(line.key.quoted) is a key of LXC 2, which later versions reject: its name is "
                + "now \(UntrustedText(new).escaped)"
            guard let new = ConfigKeys.legacy[key] else {
                return .problem(
                    place, message,
                    .advice(
                        "run lxc-update-config -c \(line.place.file.quoted), which converts a "
                            + "whole file of LXC 2 and keeps a copy of it"))
            }
            return .problem(
                place, message,
                facts.edit(line.place, "s/^[^=]*=/\(new) =/", else: "write \(new)"))
        }
        let what = "LXC does not know the key \(line.key.quoted), and rejects the file"
        guard let nearest = nearest(to: key) else {
            return .problem(place, what, facts.disable(line.place))
        }
        return .problem(
            place, "\(what): did you mean \(nearest)?",
            facts.edit(line.place, "s/^[^=]*=/\(nearest) =/", else: "write \(nearest)"))
    }

    private static func nearest(to key: String) -> String? {
        for (prefix, names) in [
            ("lxc.prlimit.", ConfigValue.resources),
            ("lxc.namespace.share.", ConfigValue.namespaceNames),
        ] where key.hasPrefix(prefix) {
            return ConfigKeys.nearest(to: String(key.dropFirst(prefix.count)), of: names)
                .map { prefix + $0 }
        }
        let lowercased = key.lowercased()
        if lowercased != key, ConfigKeys.isKnown(lowercased) || ConfigKeys.find(lowercased) != nil {
            return lowercased
        }
        return ConfigKeys.nearest(to: key)
    }

    private static func value(
        _ line: ContainerConfig.FaultyLine, _ fault: ConfigValue.Fault, _ facts: Facts
    ) -> Finding {
        let place = line.place.text
        let what = "LXC rejects \(line.key.quoted) = \(line.value.quoted)"
        let value = line.value.bytes
        if let hash = value.firstIndex(of: 0x23), hash > 0, isBlank(value[hash - 1]) {
            return .problem(
                place, "\(what): a comment must be on a line of its own",
                facts.edit(line.place, "s/[[:blank:]]+#.*//", else: "remove the comment"))
        }
        let message = "\(what): \(fault.reason)"
        if let (wrong, right) = fault.correction, UntrustedText(wrong).shellWord != nil,
            !wrong.contains("/"), !wrong.contains("+"), !wrong.contains(".")
        {
            return .problem(
                place, message,
                facts.edit(
                    line.place, "s/(=.*)\(wrong)/\\1\(right)/", else: "write \(right)"))
        }
        return .problem(
            place, message, .advice("correct the value, or let LXC use its default:"),
            facts.disable(line.place))
    }

    /// Keys that LXC knows, but not the installed version.
    private static func unsupported(_ facts: Facts) -> [Finding] {
        guard let version = facts.installation.lxcVersion, version.major >= 5 else { return [] }
        return (ConfigKeys.all + ConfigKeys.prefixes)
            .filter { !$0.versions.contains(version.major) }
            .flatMap { key in
                facts.config.all(key.name).map { setting in
                    let range =
                        key.versions.upperBound < version.major
                        ? "\(key.versions.upperBound) and older" : "\(key.versions.lowerBound)"
                    return .problem(
                        setting.place.text,
                        "LXC \(version.text) rejects \(setting.key.quoted), a key of LXC \(range)",
                        facts.disable(setting.place))
                }
            }
    }

    /// A variable without a value comes from the environment of lxc-start, which may have none.
    private static func withoutValue(_ facts: Facts) -> [Finding] {
        facts.config.all("lxc.environment").filter { !$0.value.bytes.contains(0x3d) }.map {
            .warning(
                $0.place.text,
                "LXC takes \($0.value.quoted) from the environment of lxc-start, and rejects the "
                    + "file if it is not set there",
                .advice("write lxc.environment = \($0.value.escaped)=VALUE"))
        }
    }

    /// LXC takes the rest of a line as the value.
    private static func trailingComments(_ facts: Facts) -> [Finding] {
        let config = facts.config
        // Commands and environment variables may contain a number sign.
        let free = ["lxc.environment", "lxc.execute", "lxc.hook", "lxc.init"]
        let settings =
            config.settings.values.flatMap { $0 } + config.nics.flatMap(\.allSettings)
        return settings.filter { setting in
            let bytes = setting.value.bytes
            return !free.contains { setting.key.hasPrefix($0) }
                && zip(bytes, bytes.dropFirst()).contains { isBlank($0) && $1 == 0x23 }
        }.sorted { ($0.place.line, $0.key) < ($1.place.line, $1.key) }.map { setting in
            .warning(
                setting.place.text,
                "the comment is part of the value of \(setting.key.quoted): LXC recognizes "
                    + "comments only on lines of their own",
                facts.edit(setting.place, "s/[[:blank:]]+#.*//", else: "remove the comment"))
        }
    }
}

extension [UInt8] {
    /// The invisible characters of UTF-8 with which a text begins; `nil` for none.
    fileprivate var invisiblePrefix: String? {
        let known: [(String, [UInt8])] = [
            ("a byte order mark", [0xef, 0xbb, 0xbf]), ("a no-break space", [0xc2, 0xa0]),
            ("a zero-width space", [0xe2, 0x80, 0x8b]),
        ]
        return known.first { starts(with: $0.1) }?.0
    }
}
