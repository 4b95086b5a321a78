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
        /// `nil` if it is not from a file.
        var place: ConfigPlace?
    }

    typealias NIC = ContainerNIC

    var path: UntrustedText = ""
    var exists = false
    var isReadable = true
    /// Where it leads, if it is a symbolic link to a file that does not exist.
    var danglingLink: UntrustedText?
    /// Where ``directory`` leads, if it is a symbolic link to a directory that does not exist.
    var danglingDirectory: UntrustedText?
    /// Whether the container is not the user's, but root has one of the same name.
    var isRoots = false
    /// The line that sets ``directory``; `nil` for the standard one.
    var directoryPlace: ConfigPlace?
    /// Included files that do not exist.
    var missing: [UntrustedText] = []
    /// The directory of the user's containers.
    var directory: UntrustedText = ""
    /// The user's default.conf. If it exists, LXC reads it instead of the host's.
    var userDefaults: UntrustedText = ""
    var idMap: [Range] = []
    /// In the order of their indices.
    var nics: [NIC] = []
    /// The lines that LXC rejects or ignores. The first ``maxEntries``.
    var faultyLines: [FaultyLine] = []
    /// The files that were not read, with the reason. The first ``maxEntries``.
    var unread: [Unread] = []
    /// Whether there are more entries of one kind than ``maxEntries``, so some are not examined.
    var isCut = false
    /// Whether reading has stopped, because the user has too many files, or because a file could
    /// not be read in time.
    var hasStopped = false
    /// By the name in ``ConfigKeys``; those of NICs and `lxc.idmap` are not included.
    var settings: [String: [ConfigSetting]] = [:]

    struct Unread: Equatable, Sendable {
        let path: UntrustedText
        let reason: String
        /// Whether LXC cannot read it, either: the user has no permission, or it is not a file.
        var isFault = false
    }

    /// A line that LXC rejects or ignores.
    struct FaultyLine: Equatable, Sendable {
        enum Reason: Equatable, Sendable {
            case ignored
            case withoutValue
            case unknownKey
            /// The key that LXC knows, and its fault.
            case value(ConfigValue.Fault)
            /// Other lines make it invalid, as the sentence says.
            case conflict(String)
        }

        let place: ConfigPlace
        let key: UntrustedText
        let value: UntrustedText
        let reason: Reason
    }

    static let hostDefaults: UntrustedText = "/etc/lxc/default.conf"

    /// How many ranges, NICs, values of a key and missing files are examined. The kernel accepts
    /// 340 ranges (UID_GID_MAP_MAX_EXTENTS), but a typical container has only a few entries of each
    /// kind.
    static let maxEntries = 64

    init(path: UntrustedText = "", exists: Bool = false) {
        self.path = path
        self.exists = exists
    }

    /// The setting that counts, if a key is set several times.
    func setting(_ key: String) -> ConfigSetting? { settings[key]?.last }
    /// The settings of a key that is a list, or of all keys that begin with a prefix.
    func all(_ key: String) -> [ConfigSetting] { settings[key] ?? [] }
    func value(_ key: String) -> UntrustedText? { setting(key)?.value }

    var appArmorProfile: UntrustedText? { value("lxc.apparmor.profile") }
    var allowsNesting: Bool { value("lxc.apparmor.allow_nesting") == .some("1") }
    /// The keys that set limits, such as `lxc.cgroup2.memory.max`.
    var limits: [UntrustedText] {
        all("lxc.cgroup2").map(\.key).filter { !$0.hasPrefix("lxc.cgroup2.devices.") }
    }
    var rootfs: RootfsSource? { value("lxc.rootfs.path").map { RootfsSource($0) } }

    /// The bridges that NICs of type veth are attached to.
    var bridges: [UntrustedText] {
        var names: [UntrustedText] = []
        for nic in nics where nic.type == "veth" {
            let name = nic.link ?? "none"
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// Whether lxc-start runs lxc-user-nic.
    var needsNICHelper: Bool { nics.contains { $0.type == "veth" } }

    func rootDirectory(of container: UntrustedText) -> UntrustedText {
        rootfs?.layers.last
            ?? directory.appending("/").appending(container).appending("/rootfs")
    }

    /// The user or group ID of the container's root on the host.
    func root(_ kind: Range.Kind) -> UInt32? {
        idMap.first { $0.kind == kind && $0.inside == 0 && $0.count > 0 }
            .flatMap { UInt32(exactly: $0.outside) }
    }

    /// Whether the container has that user or group ID of the host.
    func maps(_ kind: Range.Kind, _ outside: UInt32) -> Bool {
        idMap.contains {
            $0.kind == kind && $0.outside <= UInt64(outside)
                && UInt64(outside) < $0.outside + $0.count
        }
    }
}
