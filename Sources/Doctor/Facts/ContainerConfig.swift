internal import Linux

/// The configuration of a container, or the defaults for a new one.
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

    var path = ""
    var exists = false
    var isReadable = true
    /// Included files that do not exist.
    var missing: [String] = []
    /// The directory of the user's containers.
    var directory = ""
    /// The user's default.conf. If it exists, LXC reads it instead of the host's.
    var userDefaults = ""
    var idMap: [Range] = []
    var nics: [String: NIC] = [:]
    var appArmorProfile: String?
    var allowsNesting = false
    /// The keys that set limits, such as `lxc.cgroup2.memory.max`.
    var limits: [String] = []
    /// lxc.rootfs.path
    var root: String?

    static let hostDefaults = "/etc/lxc/default.conf"

    /// How many files and directories were read. The user chooses what is included, so the number
    /// is limited; LXC's own configurations include about ten files.
    private(set) var filesRead = 0
    private static let maxFilesRead = 100

    init(path: String = "", exists: Bool = false) {
        self.path = path
        self.exists = exists
    }

    /// The bridges that NICs of type veth are attached to.
    var bridges: [String] {
        var names: [String] = []
        for nic in nics.sorted(by: { $0.key < $1.key }).map(\.value) where nic.type == "veth" {
            let name = nic.link ?? "none"
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// Whether lxc-start runs lxc-user-nic.
    var needsNICHelper: Bool { nics.values.contains { $0.type == "veth" } }

    func rootDirectory(of container: String) -> String {
        let root = root ?? "\(directory)/\(container)/rootfs"
        return root.hasPrefix("dir:") ? String(root.dropFirst(4)) : root
    }

    /// The user or group ID of the container's root on the host.
    func root(_ kind: Range.Kind) -> UInt32? {
        idMap.first { $0.kind == kind && $0.inside == 0 && $0.count > 0 }
            .flatMap { UInt32(exactly: $0.outside) }
    }
}

extension ContainerConfig {
    /// Whether the ID map includes this user of the host.
    func mapsUser(_ user: UserID) -> Bool {
        idMap.contains {
            $0.kind == .users && $0.outside <= UInt64(user.number)
                && UInt64(user.number) - $0.outside < $0.count
        }
    }

    static func read(of target: TargetUser) -> ContainerConfig {
        var config = ContainerConfig()
        config.userDefaults = "\(configDirectory(of: target))/default.conf"
        config.directory = directory(of: target)
        if let container = target.container {
            config.path = "\(config.directory)/\(container)/config"
        } else {
            config.path =
                SmallFile.exists(config.userDefaults) ? config.userDefaults : hostDefaults
        }
        config.readFile(config.path, depth: 0)
        return config
    }

    /// The directory of the user's default.conf and lxc.conf.
    private static func configDirectory(of target: TargetUser) -> String {
        target.isRoot ? "/etc/lxc" : "\(target.home)/.config/lxc"
    }

    static func directory(of target: TargetUser) -> String {
        let path = "\(configDirectory(of: target))/lxc.conf"
        let settings = (try? SmallFile.foreignContents(of: path)) ?? nil
        let lxcPath = pairs(settings ?? []).last { $0.key == "lxc.lxcpath" && !$0.value.isEmpty }
        return lxcPath?.value
            ?? (target.isRoot ? "/var/lib/lxc" : "\(target.home)/.local/share/lxc")
    }

    private mutating func readFile(_ path: String, depth: Int) {
        // Ends the recursion of files that include themselves or each other.
        guard filesRead < Self.maxFilesRead else { return }
        filesRead += 1
        let bytes: [UInt8]?
        do throws(Errno) { bytes = try SmallFile.foreignContents(of: path) } catch {
            if depth == 0 { (exists, isReadable) = (true, false) }
            return
        }
        guard let bytes else {
            // lxc accepts a missing directory: a path that ends with a slash.
            if depth > 0, !path.hasSuffix("/") { missing.append(path) }
            return
        }
        if depth == 0 { exists = true }
        for (key, value) in Self.pairs(bytes) {
            guard key == "lxc.include" else {
                set(key, value)
                continue
            }
            guard depth < 8, filesRead < Self.maxFilesRead else { continue }
            filesRead += 1
            let names = ((try? SmallFile.names(in: value)) ?? []).filter { $0.hasSuffix(".conf") }
            for name in names { readFile("\(value)/\(name)", depth: depth + 1) }
            if names.isEmpty, !Self.isDirectory(value) { readFile(value, depth: depth + 1) }
        }
    }

    private static func isDirectory(_ path: String) -> Bool {
        ((try? FileAttributes(of: path)) ?? nil).map { !$0.isRegular } ?? false
    }

    /// Returns the lines `KEY = VALUE`, and ignores all others, as lxc does.
    static func pairs(_ bytes: [UInt8]) -> [(key: String, value: String)] {
        Lines(bytes: bytes).compactMap { range in
            let line = String(decoding: bytes[range], as: UTF8.self)
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

    mutating func set(_ key: String, _ value: String) {
        switch key {
        case "lxc.idmap", "lxc.id_map": addIDMap(value)
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

    private mutating func addIDMap(_ value: String) {
        guard !value.isEmpty else { return idMap = [] }
        let words = value.split { $0 == " " || $0 == "\t" }
        // User and group IDs have 32 bits.
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
        idMap += kinds.map { Range(kind: $0, inside: inside, outside: outside, count: count) }
    }
}
