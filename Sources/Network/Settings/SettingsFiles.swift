internal import HostPaths
internal import Linux

/// The settings files of this host: lxc-net's, in /etc/default or /etc/sysconfig, then each
/// `*.conf` of net.d.
package struct SettingsFiles: Sendable {
    package var networks: [Settings] = []
    /// Errors of the files that could not be parsed.
    package var problems: [SettingsError] = []

    package init() {}

    package static func read() -> SettingsFiles {
        var files = SettingsFiles()
        let directory =
            Paths.settingsDirectories.first {
                SmallFile.exists("\($0)/lxc") || SmallFile.exists("\($0)/lxc-net")
            } ?? Paths.settingsDirectories[0]
        // As in LXC's script, `lxc` is read first, which usually includes `lxc-net`. If not,
        // `lxc-net` is read next.
        files.read("\(directory)/lxc-net", after: ["\(directory)/lxc"])
        let names = (try? SmallFile.names(in: Paths.networkSettings)) ?? []
        for name in names where name.hasSuffix(".conf") {
            files.read("\(Paths.networkSettings)/\(name)")
        }
        return files
    }

    private mutating func read(_ file: String, after others: [String] = []) {
        var reader = ShellSettings(file: file, source: Self.contents)
        do throws(SettingsError) {
            for path in others + [file] where !reader.files.contains(path) { try reader.read(path) }
            networks.append(reader.settings)
        } catch {
            problems.append(error)
        }
    }

    private static func contents(_ path: String) throws(SettingsError) -> [UInt8]? {
        do throws(Errno) {
            return try SmallFile.contents(of: path, atMost: ShellSettings.maximumLength)
        } catch {
            throw SettingsError(
                SettingLocation(file: path, line: 1), nil,
                error == .EINVAL
                    ? "this file is larger than \(ShellSettings.maximumMiB) MiB"
                    : "cannot read this file: \(error)")
        }
    }
}
