internal import HostPaths
internal import Linux

/// A file or directory that only root may change.
struct InstalledFile: Equatable, Sendable {
    enum Kind: Equatable, Sendable {
        case directory
        case file
        /// Only root may read it.
        case privateFile
        /// A program that users run as root.
        case setuidProgram
    }

    let path: String
    let kind: Kind
    /// `nil` if the requester may not examine it.
    let file: FileAttributes?
    /// The path without symbolic links.
    var realPath: String?

    /// Those that exist. Other checks examine the record of berth-net and the key for hardware
    /// addresses: a record that others could write must no longer be trusted.
    /// - Parameter settings: the settings files of networks.
    /// - Parameter berthNIC: the path of berth-nic, if it is installed.
    static func all(settings: [String], berthNIC: String?) -> [InstalledFile] {
        var paths: [(String, Kind)] = [
            (Paths.lxcConfiguration, .directory), (Paths.networkSettings, .directory),
            ("\(Paths.lxcConfiguration)/default.conf", .file),
            ("\(Paths.lxcConfiguration)/lxc.conf", .file),
            (Paths.lxcRuntime, .directory), (Paths.ledger, .privateFile),
            (Paths.ledgerTurns, .privateFile), (Paths.networkLock, .file),
            (Paths.reservedAddresses, .file),
            (Paths.leases, .directory),
        ]
        for directory in Paths.settingsDirectories {
            for name in ["lxc", "lxc-net"] { paths.append(("\(directory)/\(name)", .file)) }
        }
        for name in (try? SmallFile.names(in: Paths.networkSettings)) ?? []
        where name.hasSuffix(".conf") {
            paths.append(("\(Paths.networkSettings)/\(name)", .file))
        }
        for path in settings where !paths.contains(where: { $0.0 == path }) {
            paths.append((path, .file))
        }
        for name in ["berth-net", "berth-cgroup", "berth"] {
            if let program = ExternalProgram(named: name) { paths.append((program.path, .file)) }
        }
        if let program = ExternalProgram(named: "berth-run") {
            paths.append((program.path, .setuidProgram))
        }
        if let berthNIC, let slash = berthNIC.lastIndex(of: "/") {
            let directory = String(berthNIC[..<slash])
            paths.append((directory, .directory))
            for name in ["berth-pam", "berth-scope"] {
                paths.append(("\(directory)/\(name)", .file))
            }
            paths.append((berthNIC, .setuidProgram))
        }
        return paths.compactMap { InstalledFile($0, $1) }
    }

    /// - Returns: `nil` if it does not exist.
    private init?(_ path: String, _ kind: Kind) {
        (self.path, self.kind) = (path, kind)
        do throws(Errno) {
            guard let file = try FileAttributes(of: path) else { return nil }
            self.file = file
            realPath = FileAttributes.realPath(of: path)
        } catch { file = nil }
    }

    init(_ path: String, _ kind: Kind, _ file: FileAttributes?) {
        (self.path, self.kind, self.file) = (path, kind, file)
    }
}
