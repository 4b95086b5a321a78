internal import Linux

/// What of a container's configuration decides whether it starts. Without a container it is the
/// configuration that a new one begins with.
struct ContainerConfig: Equatable, Sendable {
    /// A range of `lxc.idmap`.
    struct Range: Equatable, Sendable {
        enum Kind: String, Sendable { case users = "u", groups = "g" }
        let kind: Kind
        let inside: UInt64
        let outside: UInt64
        let count: UInt64
    }

    struct NIC: Equatable, Sendable {
        var type = "veth"
        var link: String?
    }

    /// Where it was read, or where it should be.
    var place = ""
    var exists = false
    var isReadable = true
    /// Files that it includes and that are not there.
    var missing: [String] = []
    /// Where the user's containers are.
    var directory = ""
    /// His own file of defaults; it stands in for the host's one.
    var ownDefaults = ""
    var map: [Range] = []
    var nics: [String: NIC] = [:]
    var appArmorProfile: String?
    var allowsNesting = false
    /// The keys of limits, `lxc.cgroup2.memory.max`.
    var limits: [String] = []
    var root: String?

    static let hostDefaults = "/etc/lxc/default.conf"

    /// Files and directories of files that were read. Who wrote the first one chooses the others, so that there
    /// is a bound to them; lxc's own configurations have about ten.
    var readings = 0
    private static let mostReadings = 100

    /// The bridges that its NICs of type veth are to be attached to.
    var bridges: [String] {
        var names: [String] = []
        for nic in nics.sorted(by: { $0.key < $1.key }).map(\.value) where nic.type == "veth" {
            let name = nic.link ?? "none"
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    var wantsHelper: Bool { nics.values.contains { $0.type == "veth" } }

    /// Where the files of that container are.
    func rootDirectory(of container: String) -> String {
        let root = root ?? "\(directory)/\(container)/rootfs"
        return root.hasPrefix("dir:") ? String(root.dropFirst(4)) : root
    }

    /// The number that the container's root has on the host.
    func root(_ kind: Range.Kind) -> UInt32? {
        map.first { $0.kind == kind && $0.inside == 0 && $0.count > 0 }
            .flatMap { UInt32(exactly: $0.outside) }
    }
}

extension ContainerConfig {
    /// Whether that user of the host's is one of the container's.
    func mapsUser(_ user: UserID) -> Bool {
        map.contains {
            $0.kind == .users && $0.outside <= UInt64(user.number)
                && UInt64(user.number) - $0.outside < $0.count
        }
    }

    static func read(of subject: TargetUser) -> ContainerConfig {
        var config = ContainerConfig()
        config.ownDefaults = "\(own(subject))/default.conf"
        config.directory = directory(of: subject)
        if let container = subject.container {
            config.place = "\(config.directory)/\(container)/config"
        } else {
            config.place =
                SmallFile.exists(config.ownDefaults) ? config.ownDefaults : hostDefaults
        }
        config.take(config.place, depth: 0)
        return config
    }

    private static func own(_ subject: TargetUser) -> String {
        subject.isRoot ? "/etc/lxc" : "\(subject.home)/.config/lxc"
    }

    /// Where the user's containers are.
    static func directory(of subject: TargetUser) -> String {
        let settings = (try? SmallFile.foreignContents(of: "\(own(subject))/lxc.conf")) ?? nil
        let given = pairs(settings ?? []).last { $0.0 == "lxc.lxcpath" && !$0.1.isEmpty }
        return given?.1
            ?? (subject.isRoot ? "/var/lib/lxc" : "\(subject.home)/.local/share/lxc")
    }

    private mutating func take(_ path: String, depth: Int) {
        // One that includes itself ends somewhere, and so do two that include each other a hundred times.
        guard readings < Self.mostReadings else { return }
        readings += 1
        let bytes: [UInt8]?
        do throws(Errno) { bytes = try SmallFile.foreignContents(of: path) } catch {
            if depth == 0 { (exists, isReadable) = (true, false) }
            return
        }
        guard let bytes else {
            // A directory to include may be missing, and is one if its name says so.
            if depth > 0, !path.hasSuffix("/") { missing.append(path) }
            return
        }
        if depth == 0 { exists = true }
        for (key, value) in Self.pairs(bytes) {
            guard key == "lxc.include" else {
                take(key, value)
                continue
            }
            guard depth < 8, readings < Self.mostReadings else { continue }
            readings += 1
            let names = ((try? SmallFile.names(in: value)) ?? []).filter { $0.hasSuffix(".conf") }
            for name in names { take("\(value)/\(name)", depth: depth + 1) }
            if names.isEmpty, !Self.isDirectory(value) { take(value, depth: depth + 1) }
        }
    }

    private static func isDirectory(_ path: String) -> Bool {
        ((try? FileAttributes(of: path)) ?? nil).map { !$0.isRegular } ?? false
    }

    /// `KEY = VALUE` lines; what else stands there lxc ignores too.
    static func pairs(_ bytes: [UInt8]) -> [(key: String, value: String)] {
        Lines(bytes: bytes).compactMap { place in
            let line = String(decoding: bytes[place], as: UTF8.self)
            guard let equals = line.firstIndex(of: "="), line.first(where: { $0 != " " }) != "#"
            else { return nil }
            let key = trimmed(line[..<equals])
            var value = trimmed(line[line.index(after: equals)...])
            if value.count >= 2, let first = value.first, first == value.last,
                first == "\"" || first == "'"
            {
                value = String(value.dropFirst().dropLast())
            }
            return (key, value)
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" }
        let front = text.drop(while: isBlank)
        return String(front.reversed().drop(while: isBlank).reversed())
    }

    mutating func take(_ key: String, _ value: String) {
        switch key {
        case "lxc.idmap", "lxc.id_map": mapRange(value)
        case "lxc.apparmor.profile", "lxc.aa_profile": appArmorProfile = value
        case "lxc.apparmor.allow_nesting": allowsNesting = value == "1"
        case "lxc.rootfs.path", "lxc.rootfs": root = value.isEmpty ? nil : value
        case _ where key.hasPrefix("lxc.cgroup2.") && !key.hasPrefix("lxc.cgroup2.devices."):
            limits.append(key)
        case _ where key.hasPrefix("lxc.net."):
            let parts = key.split(separator: ".")
            guard parts.count == 4 else { return }
            let index = String(parts[2])
            if parts[3] == "type" { nics[index, default: NIC()].type = value }
            if parts[3] == "link" { nics[index, default: NIC()].link = value }
        default: return
        }
    }

    private mutating func mapRange(_ value: String) {
        guard !value.isEmpty else { return map = [] }
        let words = value.split { $0 == " " || $0 == "\t" }
        // Numbers of users and groups have 32 bits; what has more is none.
        let numbers = words.dropFirst().compactMap { UInt32($0) }.map { UInt64($0) }
        guard words.count == 4, numbers.count == 3 else { return }
        let (inside, outside, count) = (numbers[0], numbers[1], numbers[2])
        let kinds: [Range.Kind] =
            switch words[0] {
            case "u": [.users]
            case "g": [.groups]
            case "b": [.users, .groups]
            default: []
            }
        map += kinds.map { Range(kind: $0, inside: inside, outside: outside, count: count) }
    }
}
