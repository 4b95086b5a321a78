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
        /// The N of `lxc.net.N`.
        let index: UntrustedText
        var type: UntrustedText = "veth"
        var link: UntrustedText?
        var hardwareAddress: UntrustedText?
        /// The static IPv4 addresses, as the configuration writes them.
        var addresses: [UntrustedText] = []
    }

    var path: UntrustedText = ""
    var exists = false
    var isReadable = true
    /// Included files that do not exist.
    var missing: [UntrustedText] = []
    /// The directory of the user's containers.
    var directory: UntrustedText = ""
    /// The user's default.conf. If it exists, LXC reads it instead of the host's.
    var userDefaults: UntrustedText = ""
    var idMap: [Range] = []
    var nics: [NIC] = []
    var appArmorProfile: UntrustedText?
    var allowsNesting = false
    /// The keys that set limits, such as `lxc.cgroup2.memory.max`.
    var limits: [UntrustedText] = []
    /// lxc.rootfs.path
    var root: UntrustedText?
    /// The files that were not read, with the reason. The first ``maxEntries``.
    var unread: [Unread] = []
    /// Whether there are more entries of a kind than ``maxEntries``, so that some are not examined.
    var isCut = false
    /// Whether reading has stopped, because the user has too many files, or because a file could
    /// not be read in time.
    var hasStopped = false

    struct Unread: Equatable, Sendable {
        let path: UntrustedText
        let reason: String
    }

    static let hostDefaults: UntrustedText = "/etc/lxc/default.conf"

    /// How many ranges, NICs, limits and missing files are examined. The kernel accepts 340 ranges
    /// (UID_GID_MAP_MAX_EXTENTS), but a typical container has only a few entries of each kind.
    static let maxEntries = 64

    init(path: UntrustedText = "", exists: Bool = false) {
        self.path = path
        self.exists = exists
    }

    /// The bridges that NICs of type veth are attached to.
    var bridges: [UntrustedText] {
        var names: [UntrustedText] = []
        for nic in nics.sorted(by: { $0.index < $1.index }) where nic.type == "veth" {
            let name = nic.link ?? "none"
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// Whether lxc-start runs lxc-user-nic.
    var needsNICHelper: Bool { nics.contains { $0.type == "veth" } }

    func rootDirectory(of container: UntrustedText) -> UntrustedText {
        guard let root else {
            return directory.appending("/").appending(container).appending("/rootfs")
        }
        return root.hasPrefix("dir:") ? UntrustedText(root.bytes.dropFirst(4)) : root
    }

    /// The user or group ID of the container's root on the host.
    func root(_ kind: Range.Kind) -> UInt32? {
        idMap.first { $0.kind == kind && $0.inside == 0 && $0.count > 0 }
            .flatMap { UInt32(exactly: $0.outside) }
    }
}

extension ContainerConfig {
    /// Returns the lines `KEY = VALUE`, and ignores all others, as lxc does.
    static func pairs(_ bytes: [UInt8]) -> [(key: ArraySlice<UInt8>, value: ArraySlice<UInt8>)] {
        Lines(bytes: bytes).compactMap { range in
            let start = firstIndex(
                ofBlank: false, in: bytes, from: range.lowerBound, to: range.upperBound)
            let line = bytes[start..<range.upperBound]
            guard line.first != 0x23, let equals = line.firstIndex(of: 0x3d) else { return nil }
            let key = trimmed(line[..<equals])
            var value = trimmed(line[(equals + 1)...])
            if value.count >= 2, let first = value.first, first == value.last,
                first == 0x22 || first == 0x27
            {
                value = value.dropFirst().dropLast()
            }
            return (key, value)
        }
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var text = text.drop(while: isBlank)
        while let last = text.last, isBlank(last) { text.removeLast() }
        return text
    }

    mutating func set(_ key: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) {
        func isKey(_ names: StaticString...) -> Bool {
            names.contains { key.elementsEqual($0.description.utf8) }
        }
        if isKey("lxc.idmap", "lxc.id_map") {
            addIDMap(value)
        } else if isKey("lxc.apparmor.profile", "lxc.aa_profile") {
            appArmorProfile = UntrustedText(value)
        } else if isKey("lxc.apparmor.allow_nesting") {
            allowsNesting = value.elementsEqual("1".utf8)
        } else if isKey("lxc.rootfs.path", "lxc.rootfs") {
            root = value.isEmpty ? nil : UntrustedText(value)
        } else if key.starts(with: "lxc.net.".utf8) {
            setNIC(key, value)
        } else if key.starts(with: "lxc.cgroup2.".utf8),
            !key.starts(with: "lxc.cgroup2.devices.".utf8)
        {
            if hasRoom(limits.count) { limits.append(UntrustedText(key)) }
        }
    }

    private mutating func setNIC(_ key: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) {
        let parts = key.split(separator: 0x2e)
        guard parts.count >= 4 else { return }
        let name = String(decoding: key[parts[3].startIndex...], as: UTF8.self)
        guard ["type", "link", "hwaddr", "ipv4.address"].contains(name) else { return }
        let index = UntrustedText(parts[2])
        var position = nics.firstIndex { $0.index == index }
        if position == nil, hasRoom(nics.count) {
            position = nics.count
            nics.append(NIC(index: index))
        }
        guard let position else { return }
        switch name {
        case "type": nics[position].type = UntrustedText(value)
        case "link": nics[position].link = UntrustedText(value)
        case "hwaddr": nics[position].hardwareAddress = value.isEmpty ? nil : UntrustedText(value)
        default:
            // An empty value removes the addresses before it.
            if value.isEmpty {
                nics[position].addresses = []
            } else if hasRoom(nics[position].addresses.count) {
                nics[position].addresses.append(UntrustedText(value))
            }
        }
    }

    private mutating func addIDMap(_ value: ArraySlice<UInt8>) {
        guard !value.isEmpty else { return idMap = [] }
        let words = words(of: value)
        // User and group IDs have 32 bits.
        let numbers = words.dropFirst().compactMap { decimal($0, upTo: UInt64(UInt32.max)) }
        guard words.count == 4, numbers.count == 3 else { return }
        let (inside, outside, count) = (numbers[0], numbers[1], numbers[2])
        let kinds: [Range.Kind] =
            switch String(decoding: words[0], as: UTF8.self) {
            case "u": [.users]
            case "g": [.groups]
            case "b": [.users, .groups]
            default: []
            }
        for kind in kinds where hasRoom(idMap.count) {
            idMap.append(Range(kind: kind, inside: inside, outside: outside, count: count))
        }
    }

    mutating func hasRoom(_ count: Int) -> Bool {
        guard count >= Self.maxEntries else { return true }
        isCut = true
        return false
    }
}
